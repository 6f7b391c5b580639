import { mkdir, rm } from 'node:fs/promises';
import sharp from 'sharp';
import { cases, gallery, logo, referenceOf, sources } from './gallery-cases.js';
import { Workbench } from './workbench.js';

/** `npm run gallery`: makes the references anew. Look at those that Git shows as changed before they are committed. */
const bench = await Workbench.open({ size: 2 });
await rm(`${gallery}/expected`, { recursive: true, force: true });
await mkdir(`${gallery}/expected`);
for (const [name, { source, operations }] of Object.entries(cases)) {
  const { output } = await bench.make(sources[source], [...operations], { [logo]: sources.transparent });
  await sharp(output, { animated: true }).webp({ quality: 90, effort: 6 }).toFile(referenceOf(name));
}
await bench.close();
