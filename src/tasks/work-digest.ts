import { hash } from 'node:crypto';
import { about } from '../about.js';
import { renameImages } from '../processing/named-images.js';
import { normalForm } from '../processing/normal-form.js';
import { inputId } from './task-inputs.js';
import { type Task } from './task.js';

/**
 * What a task makes, before it is made: the same for all tasks of an owner that come to the same outcome. Bytes count by their
 * digest, whatever their images are called. Another version of the service may make other pixels of them.
 */
export function workDigest({ owner, operations, imageDigest, inputs }: Work): string {
  const digests = new Map(inputs.map(({ image, digest }) => [image, digest]));
  const named =
    inputs.length === 0 ? operations : renameImages(operations, ({ image }) => digests.get(inputId(image)) ?? image);
  return hash('sha256', JSON.stringify([about.version, owner, imageDigest, normalForm(named)]));
}

type Work = Pick<Task, 'owner' | 'operations' | 'imageDigest' | 'inputs'>;
