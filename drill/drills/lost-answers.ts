import { type Drill } from '../drill.js';
import { LossyWay } from '../lossy-way.js';

const answers = 60;

export const lostAnswers: Drill = {
  name: 'lost-answers',
  summary: `${answers} answers are cut off at their first byte, after the commit; whoever asks again is told the same`,
  seconds: 6,
  async run(scene) {
    let way: LossyWay | undefined;
    await scene.start({
      client: async (origin) => {
        way = await LossyWay.open(origin);
        return way.origin;
      },
    });
    scene.defer(() => way?.close());
    for (let answer = 0; answer < answers; answer += 1) {
      const wish = await scene.load.next();
      const target = wish.manner === 'put' ? await scene.load.mint() : undefined;
      if (way) way.loses = true;
      const lost = await scene.load.once(wish, target);
      if (way) way.loses = false;
      scene.expect(lost === undefined, `${wish.key}: the answer was not lost`);
      scene.faults += 1;
      await scene.load.insist(wish, target);
    }
    await scene.recovered(performance.now());
  },
};
