import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type BrowserContext, type Page } from 'playwright-core';
import { TestBrowser } from './support/browser.js';
import { Service } from './support/service.js';

// What people do, in a browser. Steps wait for what is to be seen, never for time.

/** A machine with other work to do may take its time: to unpack the browser, for one step, and for one test. */
const [startMs, stepMs, testMs] = [180_000, 90_000, 180_000];
jest.setTimeout(testMs);

const photograph = 'test/fixtures/gallery/photograph.jpg';

let service: Service;
let browser: TestBrowser;
let context: BrowserContext;
let page: Page;
/** What the browser itself complains about, such as a policy that was broken. */
let complaints: string[];

beforeAll(async () => {
  service = await Service.start();
  browser = await TestBrowser.start();
}, startMs);
afterAll(async () => {
  await browser?.stop();
  await service?.stop();
});
afterEach(() => context?.close());

async function open(path: string, { javaScriptEnabled }: { javaScriptEnabled: boolean }): Promise<void> {
  context = await browser.browser.newContext({ javaScriptEnabled, baseURL: service.client.origin });
  context.setDefaultTimeout(stepMs);
  page = await context.newPage();
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(path);
}

const heading = () => page.getByRole('heading', { level: 1 });

describe('without scripts', () => {
  test('a photograph goes in by the form, its task is seen, and leads to the finished image', async () => {
    await open('/', { javaScriptEnabled: false });
    const form = page.locator('section', { hasText: 'Process an image' });
    await form.getByLabel('Image').setInputFiles(photograph);
    await form.getByLabel('Width').fill('60');
    await form.getByRole('combobox', { name: 'Format' }).selectOption('webp');
    await form.getByRole('button', { name: 'Process' }).click();

    // Nobody works on it yet: the 202's own page.
    await heading().filter({ hasText: 'Task' }).waitFor();
    await page.getByText('Request is still being processed.').waitFor();
    expect(new URL(page.url()).pathname).toBe('/images/tasks');
    // It goes by itself to where the task lives, so that a reload sends nothing twice.
    await page.waitForURL(/\/images\/tasks\/[0-9a-f-]{36}$/);
    expect((await service.client.get('/images/tasks')).json.items).toHaveLength(1);

    await service.startWorker();
    await page.waitForURL(/\/images\/[0-9a-f-]{36}$/);
    await service.stopWorker();
    await page.getByText('image/webp').waitFor();
    const image = page.locator('main figure img');
    await image.waitFor();
    const content = new URL((await image.getAttribute('src')) ?? '', page.url());
    expect((await service.client.get(content.pathname)).headers['content-type']).toBe('image/webp');
    expect(await image.getAttribute('width')).toBe('60');
    expect(complaints).toEqual([]);
  });

  test('a mistake is a page that names the field and leads back; put right, it is taken', async () => {
    await open('/', { javaScriptEnabled: false });
    const form = page.locator('section', { hasText: 'Process an image' });
    await form.getByLabel('Image').setInputFiles(photograph);
    // Quality of no format: only the service knows that this does not go together.
    await form.getByLabel('Quality').fill('50');
    await form.getByRole('button', { name: 'Process' }).click();
    await heading().filter({ hasText: 'A member of the body has a value that cannot be used' }).waitFor();
    await page.locator('li code', { hasText: 'convert.format' }).waitFor();
    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'Read the text' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('what fails says why and what to do; what waits can be cancelled and tried again', async () => {
    const id = await service.store(readFileSync(photograph));
    await open(`/images/${id}`, { javaScriptEnabled: false });
    await page.getByLabel('Width').fill('50');
    await page.getByRole('button', { name: 'Process' }).click();
    await page.waitForURL(/\/images\/tasks\/[0-9a-f-]{36}$/);
    const task = page.url();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Your request has been cancelled.').waitFor();
    // After the POST too, it comes home.
    await page.waitForURL(task);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Request is still being processed.').waitFor();
    await page.waitForURL(task);
    expect((await service.client.get(new URL(task).pathname)).json.state).toBe('pending');
  });
});

describe('on a narrow screen', () => {
  test('nothing has to be scrolled sideways, however long the words are', async () => {
    const id = await service.store(readFileSync(photograph));
    const long = 'w'.repeat(200);
    await service.client.call('PATCH', `/images/${id}`, {
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: JSON.stringify({ name: long, labels: { ['k'.repeat(60)]: long } }),
    });
    await service.client.post(`/images/${id}/notes`, { text: long, author: long });
    await open('/', { javaScriptEnabled: false });
    // WCAG 2.2, 1.4.10: 320 CSS pixels.
    await page.setViewportSize({ width: 320, height: 640 });
    const paths = ['/', '/images', `/images/${id}`, `/images/${id}/notes`, '/images/tasks', '/problems', '/docs/post'];
    for (const path of paths) {
      await page.goto(path);
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320]);
    }
  });
});

describe('Swagger UI', () => {
  test('tries out POST and GET of a task, and shows the answers', async () => {
    const id = await service.store(readFileSync(photograph));
    await open('/docs', { javaScriptEnabled: true });
    const post = page.locator('#operations-Tasks-createTask');
    await post.locator('.opblock-summary-control').click();
    const order = { image: id, operations: [{ operation: 'flip' }] };
    await post.locator('textarea.body-param__text').fill(JSON.stringify(order));
    await post.getByRole('button', { name: 'Execute' }).click();
    const accepted = post.locator('.live-responses-table');
    await accepted.locator('.response-col_status', { hasText: '202' }).waitFor();
    const shown = await accepted.locator('.response-col_description .microlight').first().textContent();
    const task = JSON.parse(shown ?? '');
    expect(task).toMatchObject({ state: 'pending', operations: order.operations });

    const get = page.locator('#operations-Tasks-getTask');
    await get.locator('.opblock-summary-control').click();
    await get.getByPlaceholder('id').fill(task.id);
    await get.getByRole('button', { name: 'Execute' }).click();
    const found = get.locator('.live-responses-table');
    await found.locator('.response-col_status', { hasText: '200' }).waitFor();
    await found.locator('.response-col_description', { hasText: task.id }).first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('shows no document but our own, whatever its address asks for', async () => {
    await open('/docs?url=https://evil.example/openapi.json&configUrl=//evil.example', { javaScriptEnabled: true });
    await page.locator('#operations-Tasks-createTask').waitFor();
    expect([new URL(page.url()).search, complaints]).toEqual(['', []]);
  });
});

describe('no page breaks the policy that it is sent with', () => {
  test('of the console, of problems, of the guide', async () => {
    const id = await service.store(readFileSync(photograph));
    const { json } = await service.client.post('/images/tasks', { image: id, operations: [{ operation: 'flip' }] });
    await open('/', { javaScriptEnabled: true });
    const paths = [
      ...['/images', `/images/${id}`, `/images/${id}/notes`, '/images/tasks', `/images/tasks/${json.id}`],
      ...['/alerts', '/reservations', '/capabilities', '/problems', '/problems/not-found', '/docs/post'],
    ];
    for (const path of paths) await page.goto(path, { waitUntil: 'load' });
    expect(complaints).toEqual([]);
    // The browser itself complains of the status, and of nothing else.
    await page.goto('/nothing');
    expect(complaints).toEqual([expect.stringContaining('404')]);
  });
});
