import { type Upload } from '../images/images.service.js';
import { type NewTask } from './task.js';

/** What a caller asks for: an image that is stored, or one that came along. */
export type TaskOrder = Omit<NewTask, 'source'> & { source: { imageId: string } | Upload };

/** What makes two orders the same: bytes count by their digest, however they came, and in whichever language. */
export function contentOf({ operations, taskTtl, resultTtl, callback, source }: TaskOrder): object {
  const told = callback && { url: callback.url, secret: callback.secret, format: callback.format };
  return {
    ...{ operations, taskTtl, resultTtl, image: 'imageId' in source ? source.imageId : source.digest },
    // Not where there is none: what was asked before there were callbacks is still the same.
    ...(told && { callback: told }),
  };
}
