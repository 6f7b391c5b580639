import { storeText } from './a-text.js';
import { jpeg } from './pictures.js';
import { type Known } from './samples.js';
import { type Service } from './service.js';

/** Makes one of each resource, so that every contract row has something to be asked about. No worker need run. */
export async function makeKnown(service: Service, seed = 2): Promise<Known> {
  const { client } = service;
  const stored = await client.post('/images', await jpeg({ seed: seed - 1 }), { 'Content-Type': 'image/jpeg' });
  // The bytes may have been stored before: the answer is the image that has them.
  const imageId: string = stored.json.id;
  const operations = [{ operation: 'flip' }];
  const task = await client.post('/images/tasks', { image: imageId, operations });
  // An alert that nobody delivers: no worker runs.
  const callback = { url: 'https://receiver.example/' };
  const ended = await client.post('/images/tasks', { image: imageId, operations, callback });
  await client.call('POST', `${ended.headers.location}/cancel`);
  const alerts = await client.get(`/alerts?task=${ended.json.id}`);
  if (alerts.status !== 200) throw new Error(`${ended.text}, and then ${alerts.text}`);
  const [alert] = alerts.json.items;
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
  const reservation = await client.post('/reservations', {});
  return {
    imageId,
    taskId: task.json.id,
    reservationId: reservation.json.id,
    invocationIds,
    endedTaskId: ended.json.id,
    alertId: alert.id,
    queryId: asked.headers.location?.split('/').at(-1) ?? '',
    textId: await storeText(service.database.url),
    image: await jpeg({ seed }),
  };
}
