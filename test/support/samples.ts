import { type CallOptions } from './client.js';

/** A request for each contract row that would succeed: the table tests break one thing of it at a time. */
export interface Sample extends CallOptions {
  path: string;
  /** A body that its Content-Type cannot be. */
  broken?: CallOptions;
}

export interface Known {
  imageId: string;
  taskId: string;
  image: Buffer;
}

export function samples({ imageId, taskId, image }: Known): Record<string, Sample> {
  const json = { 'Content-Type': 'application/json' };
  const patch = { 'Content-Type': 'application/merge-patch+json' };
  const noBoundary = { headers: { 'Content-Type': 'multipart/form-data' }, body: 'x' };
  const task = JSON.stringify({ image: imageId, operations: [{ operation: 'flip' }] });
  return {
    home: { path: '/' },
    getOpenApi: { path: '/openapi.json' },
    listProblemTypes: { path: '/problems' },
    getProblemType: { path: '/problems/not-found' },
    livez: { path: '/livez' },
    readyz: { path: '/readyz' },
    createImage: { path: '/images', headers: { 'Content-Type': 'image/jpeg' }, body: image, broken: noBoundary },
    listImages: { path: '/images' },
    getImage: { path: `/images/${imageId}` },
    getImageContent: { path: `/images/${imageId}/content` },
    patchImage: {
      path: `/images/${imageId}`,
      headers: patch,
      body: '{"labels":{"a":"b"}}',
      broken: { headers: patch, body: '{' },
    },
    deleteImage: { path: `/images/${imageId}` },
    createTask: { path: '/images/tasks', headers: json, body: task, broken: { headers: json, body: '{"image":' } },
    listTasks: { path: '/images/tasks' },
    getTask: { path: `/images/tasks/${taskId}` },
    getTaskStatus: { path: `/images/tasks/${taskId}/status` },
    deleteTask: { path: `/images/tasks/${taskId}` },
  };
}
