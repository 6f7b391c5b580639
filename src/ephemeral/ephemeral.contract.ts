import { row } from '../http/contract.js';
import { CreateImageQuery, imageBodies } from '../images/images.contract.js';
import { InspectionView } from './inspection.view.js';
import { previewBodies, previewFields, PreviewQuery } from './preview-request.contract.js';

const tag = 'Ephemeral';

export const inspectImage = row({
  id: 'inspectImage',
  method: 'POST',
  path: '/images/inspect',
  tag,
  summary: 'Tell what an image is, and keep nothing of it',
  description:
    'Takes what `POST /images` takes; a name and labels are checked as there. Nothing is stored: the same bytes ' +
    'may be asked about again, and will have to be sent again.',
  query: CreateImageQuery,
  accepts: imageBodies,
  answers: { 200: { description: 'What is in the image. There is no URI for it.', body: InspectionView } },
  problems: [
    ...(['unreadable-image', 'image-too-large', 'invalid-member', 'unknown-member', 'digest-mismatch'] as const),
    ...(['storage-full', 'busy'] as const),
  ],
  standalone: true,
  scope: 'read',
});

export const previewImage = row({
  id: 'previewImage',
  method: 'POST',
  path: '/images/preview',
  tag,
  summary: 'Process an image at once, and keep nothing of it',
  description:
    'What a task would make of the image, in the answer itself: for what is done in a moment. Nothing is stored. ' +
    'Work for more than a moment is refused by what such work has taken before, and stopped where it takes longer: ask ' +
    'for a task. A text (`ocr`) is always for a task.',
  query: PreviewQuery,
  queryFields: previewFields,
  accepts: previewBodies,
  answers: {
    200: {
      description: 'The outcome. `Server-Timing` tells how long each step took.',
      headers: ['Server-Timing', 'Content-Disposition'],
      content: ['image/*', 'application/pdf'],
    },
  },
  problems: [
    ...(['too-much-for-a-preview', 'unreadable-image', 'invalid-member', 'unknown-member', 'digest-mismatch'] as const),
    ...(['storage-full', 'busy'] as const),
  ],
  scope: 'read',
});
