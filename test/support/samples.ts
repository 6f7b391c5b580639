import { type CallOptions, formData } from './client.js';

/** A request for each contract row that would succeed: the table tests break one thing of it at a time. */
export interface Sample extends CallOptions {
  path: string;
  /** A body that its Content-Type cannot be. */
  broken?: CallOptions;
}

export interface Known {
  imageId: string;
  taskId: string;
  reservationId: string;
  /** Invocations that were made. */
  invocationIds: { cancel: string; retry: string; resend: string };
  /** A task that has ended, and its alert. */
  endedTaskId: string;
  alertId: string;
  textId: string;
  queryId: string;
  image: Buffer;
}

function controllerSamples(id: string, path: string, invocationId: string): Record<string, Sample> {
  const headers = { 'Content-Type': 'application/json' };
  const broken = { headers, body: '{' };
  return {
    [id]: { path, headers, body: '{}', broken },
    [`${id}Once`]: { path: `${path}/${invocationId}`, headers, body: '{}', broken },
    [`${id}Invocation`]: { path: `${path}/${invocationId}` },
    [`${id}GiveBack`]: { path: `${path}/${invocationId}` },
  };
}

export function samples(known: Known): Record<string, Sample> {
  const { imageId, taskId, reservationId, invocationIds, endedTaskId, alertId, textId, queryId, image } = known;
  const json = { 'Content-Type': 'application/json' };
  const patch = { 'Content-Type': 'application/merge-patch+json' };
  const noBoundary = { headers: { 'Content-Type': 'multipart/form-data' }, body: 'x' };
  const task = JSON.stringify({ image: imageId, operations: [{ operation: 'flip' }] });
  // Its watermark is a stored image, for which the database is asked.
  const preview = formData({
    task: JSON.stringify({ operations: [{ operation: 'watermark', image: imageId }] }),
    image: { filename: 'x.jpg', mediaType: 'image/jpeg', bytes: image },
  });
  return {
    home: { path: '/' },
    getOpenApi: { path: '/openapi.json' },
    listProblemTypes: { path: '/problems' },
    getProblemType: { path: '/problems/not-found' },
    getCapabilities: { path: '/capabilities' },
    getPostGuide: { path: '/docs/post' },
    livez: { path: '/livez' },
    readyz: { path: '/readyz' },
    getMetrics: { path: '/metrics' },
    createImage: { path: '/images', headers: { 'Content-Type': 'image/jpeg' }, body: image, broken: noBoundary },
    inspectImage: {
      path: '/images/inspect',
      headers: { 'Content-Type': 'image/jpeg' },
      body: image,
      broken: noBoundary,
    },
    previewImage: {
      path: '/images/preview',
      headers: { 'Content-Type': preview.contentType },
      body: preview.body,
      broken: noBoundary,
    },
    listImages: { path: '/images' },
    searchImages: { path: '/images/search', headers: json, body: '{"name":"*"}', broken: { headers: json, body: '{' } },
    queryImages: { path: '/images', headers: json, body: '{"name":"*"}', broken: { headers: json, body: '{' } },
    getQuery: { path: `/images/queries/${queryId}` },
    getImage: { path: `/images/${imageId}` },
    getImageContent: { path: `/images/${imageId}/content` },
    patchImage: {
      path: `/images/${imageId}`,
      headers: patch,
      body: '{"labels":{"a":"b"}}',
      broken: { headers: patch, body: '{' },
    },
    createNote: {
      path: `/images/${imageId}/notes`,
      headers: json,
      body: '{"text":"a note"}',
      broken: { headers: json, body: '{' },
    },
    listNotes: { path: `/images/${imageId}/notes` },
    deleteImage: { path: `/images/${imageId}` },
    createTask: { path: '/images/tasks', headers: json, body: task, broken: { headers: json, body: '{"image":' } },
    createTasks: {
      path: '/images/tasks/batch',
      headers: json,
      body: `{"tasks":[${task}]}`,
      broken: { headers: json, body: '{"tasks":[' },
    },
    listTasks: { path: '/images/tasks' },
    getTask: { path: `/images/tasks/${taskId}` },
    getTaskStatus: { path: `/images/tasks/${taskId}/status` },
    putImage: {
      path: `/images/${imageId}`,
      headers: { 'Content-Type': 'image/jpeg', 'If-Match': '*' },
      body: image,
      broken: noBoundary,
    },
    putTask: { path: `/images/tasks/${taskId}`, headers: json, body: task, broken: { headers: json, body: '{' } },
    createReservation: {
      path: '/reservations',
      headers: json,
      body: '{"for":"/images"}',
      broken: { headers: json, body: '{' },
    },
    listReservations: { path: '/reservations' },
    getReservation: { path: `/reservations/${reservationId}` },
    deleteReservation: { path: `/reservations/${reservationId}` },
    ...controllerSamples('cancelTask', `/images/tasks/${taskId}/cancel`, invocationIds.cancel),
    ...controllerSamples('retryTask', `/images/tasks/${taskId}/retry`, invocationIds.retry),
    getTaskEvents: { path: `/images/tasks/${endedTaskId}/events` },
    listAlerts: { path: '/alerts' },
    getAlert: { path: `/alerts/${alertId}` },
    listDeliveries: { path: `/alerts/${alertId}/deliveries` },
    getDelivery: { path: `/alerts/${alertId}/deliveries/1` },
    ...controllerSamples('resendAlert', `/alerts/${alertId}/resend`, invocationIds.resend),
    getText: { path: `/texts/${textId}` },
    createCorrection: {
      path: `/texts/${textId}/corrections`,
      headers: json,
      body: '{"page":1,"text":"better"}',
      broken: { headers: json, body: '{' },
    },
    deleteTask: { path: `/images/tasks/${taskId}` },
  };
}
