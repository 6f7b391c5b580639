import { type Client } from './client.js';
import { jpeg } from './pictures.js';
import { type Known } from './samples.js';

/**
 * One of every resource there is, for whoever the client is. No worker may run: the tasks are to wait.
 * @param textId a text of theirs, which only a worker can make
 * @param seed of the pictures: this and the next one
 */
export async function everyResource(client: Client, textId: string, seed = 1): Promise<Known> {
  const stored = await client.post('/images', await jpeg({ seed }), { 'Content-Type': 'image/jpeg' });
  const operations = [{ operation: 'flip' }];
  const task = await client.post('/images/tasks', { image: stored.json.id, operations });
  // An alert that nobody delivers.
  const callback = { url: 'https://receiver.example/' };
  const ended = await client.post('/images/tasks', { image: stored.json.id, operations, callback });
  await client.call('POST', `${ended.headers.location}/cancel`);
  const alert = (await client.get(`/alerts?task=${ended.json.id}`)).json.items[0];
  // Each controller resource has an invocation that was made: the task is cancelled, tried again, and pending.
  const invoked = async (controller: string): Promise<string> => {
    const reserved = await client.post('/reservations', { for: controller });
    await client.call('PUT', reserved.headers.location ?? '');
    return reserved.json.id;
  };
  const invocationIds = {
    cancel: await invoked(`/images/tasks/${task.json.id}/cancel`),
    retry: await invoked(`/images/tasks/${task.json.id}/retry`),
    resend: await invoked(alert.links.resend),
  };
  const asked = await client.post('/images/search', {});
  return {
    imageId: stored.json.id,
    taskId: task.json.id,
    reservationId: (await client.post('/reservations', {})).json.id,
    invocationIds,
    endedTaskId: ended.json.id,
    alertId: alert.id,
    queryId: asked.headers.location?.split('/').at(-1) ?? '',
    textId,
    image: await jpeg({ seed: seed + 1 }),
  };
}

/** The same where URIs were minted that nothing has been PUT to yet: of an image and of invocations, and of a task. */
export async function everySlot(client: Client, known: Known): Promise<Known[]> {
  const mint = async (path: string): Promise<string> => (await client.post('/reservations', { for: path })).json.id;
  const task = `/images/tasks/${known.taskId}`;
  const invocationIds = {
    cancel: await mint(`${task}/cancel`),
    retry: await mint(`${task}/retry`),
    resend: await mint(`/alerts/${known.alertId}/resend`),
  };
  return [
    { ...known, imageId: await mint('/images'), invocationIds },
    { ...known, taskId: await mint('/images/tasks') },
  ];
}
