import { type Drill } from '../drill.js';
import { Way } from '../way.js';

const answers = 60;

export const lostAnswers: Drill = {
  name: 'lost-answers',
  summary: `${answers} answers are cut off at their first byte, after the commit; whoever asks again is told the same`,
  seconds: 6,
  async run(scene) {
    let way: Way | undefined;
    await scene.start({
      client: async (origin) => {
        way = await Way.open(Number(new URL(origin).port));
        return `http://127.0.0.1:${way.port}`;
      },
    });
    scene.defer(() => way?.close());
    for (let answer = 0; answer < answers; answer += 1) {
      const wish = await scene.load.next();
      const target = wish.manner === 'put' ? await scene.load.mint() : undefined;
      way?.become('lossy');
      const lost = await scene.load.once(wish, target);
      way?.become('through');
      scene.expect(lost === undefined, `${wish.key}: the answer was not lost`);
      scene.faults += 1;
      await scene.load.insist(wish, target);
    }
    await scene.recovered(performance.now());
  },
};
