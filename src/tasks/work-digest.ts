import { about } from '../about.js';
import { fingerprintOf } from '../fingerprint.js';
import { renameImages } from '../processing/named-images.js';
import { normalForm } from '../processing/normal-form.js';
import { inputId } from './task-inputs.js';
import { type Task } from './task.js';

/**
 * What a task makes, before it is made: the same for all tasks of an owner that come to the same outcome. Bytes count by their
 * digest, whatever their images are called. Another version of the service may make other pixels of them.
 */
export function workDigest(work: Pick<Task, 'owner' | 'operations' | 'imageDigest' | 'inputs'>): string {
  const digests = new Map(work.inputs.map(({ image, digest }) => [image, digest]));
  const operations = renameImages(work.operations, ({ image }) => digests.get(inputId(image)) ?? image);
  return fingerprintOf([about.version, work.owner, work.imageDigest, normalForm(operations)]);
}
