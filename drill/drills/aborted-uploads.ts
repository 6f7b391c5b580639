import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { png } from '../../test/support/pictures.js';
import { type Drill } from '../drill.js';
import { temporaryIn } from '../evidence.js';
import { wish } from '../wishes.js';

const uploads = 100;

/** Sends a part of a request and resets the connection. */
async function abort(port: number, path: string, contentType: string, body: Buffer, bytes: number): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  const fields = ['Host: localhost', `Content-Type: ${contentType}`, `Content-Length: ${body.length}`];
  const whole = Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`), body]);
  await new Promise((resolve) => socket.write(whole.subarray(0, bytes), resolve));
  const closed = once(socket, 'close');
  socket.resetAndDestroy();
  await closed;
}

export const abortedUploads: Drill = {
  name: 'aborted-uploads',
  summary: `${uploads} uploads, raw and multipart, are broken off at any byte`,
  seconds: 6,
  async run(scene) {
    const program = await scene.start();
    const api = await program.pidOf('api');
    await scene.recovered(performance.now());
    const openFiles = (): number => readdirSync(`/proc/${api}/fd`).length;
    const before = openFiles();
    const port = Number(new URL(scene.load.origin).port);
    for (let upload = 0; upload < uploads; upload += 1) {
      const image = await png({ width: 300, height: 200, seed: 1000 + upload });
      const form = wish('x', { manner: 'upload', operations: [{ operation: 'flip' }], image });
      const [path, type, body] =
        upload % 2 === 0
          ? (['/images', 'image/png', image] as const)
          : (['/images/tasks', form.contentType, form.body] as const);
      // Never all of it: nobody could say then whether it was accepted.
      await abort(port, path, type, body, scene.chance.between(1, body.length - 200));
      scene.faults += 1;
    }
    for (let look = 0; look < 100 && (await temporaryIn(scene.dataDir)).length > 0; look += 1) await sleep(50);
    for (let look = 0; look < 100 && openFiles() > before + 5; look += 1) await sleep(50);
    scene.expect(openFiles() <= before + 5, `${openFiles() - before} more files are open than before`);
    await scene.recovered(performance.now());
    const images = await scene.sql.rows('select from images where task_id is null');
    scene.expect(images.length === 1, `${images.length - 1} images were made of halves`);
  },
};
