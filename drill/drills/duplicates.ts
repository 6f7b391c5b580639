import { type Drill } from '../drill.js';
import { type Manner } from '../wishes.js';

const [storms, copies] = [6, 50];

export const duplicates: Drill = {
  name: 'duplicates',
  summary: `${storms} times the same task ${copies} times at once, under one Idempotency-Key or at one URI`,
  seconds: 6,
  async run(scene) {
    await scene.start();
    const manners: readonly Manner[] = ['post', 'upload', 'put'];
    for (let storm = 0; storm < storms; storm += 1) {
      const wish = await scene.load.next({ manner: manners[storm % 3] ?? 'post' });
      const target = wish.manner === 'put' ? await scene.load.mint() : undefined;
      const replies = await Promise.all(Array.from({ length: copies }, () => scene.load.once(wish, target)));
      const odd = replies.filter((reply) => ![200, 202, 409].includes(reply?.status ?? 0));
      scene.expect(odd.length === 0, `${wish.key}: ${odd.map((reply) => reply?.status ?? 'no answer').join()}`);
      scene.faults += copies - 1;
      await scene.load.insist(wish, target);
    }
    await scene.recovered(performance.now());
  },
};
