import { type Client, type Reply } from '../../support/client.js';
import { check, told } from '../check.js';
import { atOnce, oneByOne } from '../in-numbers.js';
import { type NarrowScene } from '../narrow-scene.js';

/** API4: nobody takes what is for all. The service of these has narrow limits (`narrow-scene.ts`), so that they are reached at once. */
const source = 'API4 Unrestricted Resource Consumption';

const list = (client: Client): Promise<Reply> => client.get('/reservations');
/** From an address of its own, as the proxy has seen it. */
const guess = (narrow: NarrowScene, forwarded: string): Promise<Reply> =>
  narrow.service.client.get('/images', { Authorization: 'Bearer dk_wrong', 'X-Forwarded-For': forwarded });

export const rateChecks = [
  check(
    {
      id: 'rate-race',
      source,
      title: 'more requests than there may be, all at once',
      request: '30 × GET /reservations, 20 an hour',
      expected: '20 × 200, 10 × 429 too-many-requests Retry-After RateLimit',
    },
    async ({ narrow }) => {
      const client = await narrow.owner('racer');
      return atOnce(30, () => list(client));
    },
  ),
  check(
    {
      id: 'rate-keys',
      source,
      title: 'another key of the same owner',
      request: '30 × GET /reservations, 20 an hour, with two keys',
      expected: '20 × 200, 10 × 429 too-many-requests Retry-After RateLimit',
    },
    async ({ narrow }) => {
      const [first, second] = [await narrow.owner('keyring'), await narrow.owner('keyring')];
      return atOnce(30, (index) => list(index % 2 === 0 ? first : second));
    },
  ),
  check(
    {
      id: 'rate-address',
      source,
      title: 'another address of the same owner',
      request: '30 × GET /reservations X-Forwarded-For: 192.0.2.{n}',
      expected: '20 × 200, 10 × 429 too-many-requests Retry-After RateLimit',
    },
    async ({ narrow }) => {
      const client = await narrow.owner('traveller');
      return atOnce(30, (index) => client.get('/reservations', { 'X-Forwarded-For': `192.0.2.${index}` }));
    },
  ),
  check(
    {
      id: 'rate-others',
      source,
      title: 'others, while one has taken all of theirs',
      request: 'GET /reservations, by another owner',
      expected: '200',
    },
    async ({ narrow }) => told(await list(await narrow.owner('bystander'))),
  ),
  check(
    {
      id: 'guess',
      source: 'API2, CWE-307',
      title: 'keys are guessed',
      request: '4 × GET /images Authorization: Bearer dk_wrong, 3 an hour',
      expected: '401 unauthenticated, 401 unauthenticated, 401 unauthenticated, 429 too-many-requests',
    },
    ({ narrow }) => oneByOne(Array.from({ length: 4 }, () => () => guess(narrow, '198.51.100.1'))),
  ),
  check(
    {
      id: 'guess-forwarded',
      source: 'API2, CWE-348',
      title: 'the same, from addresses that are written into X-Forwarded-For',
      request: '4 × GET /images Authorization: Bearer dk_wrong X-Forwarded-For: 203.0.113.{n}, 198.51.100.2',
      expected: '401 unauthenticated, 401 unauthenticated, 401 unauthenticated, 429 too-many-requests',
    },
    ({ narrow }) => oneByOne([1, 2, 3, 4].map((n) => () => guess(narrow, `203.0.113.${n}, 198.51.100.2`))),
  ),
  check(
    {
      id: 'guess-network',
      source: 'API2, CWE-307',
      title: 'the same, from the addresses of one IPv6 network',
      request: '4 × GET /images Authorization: Bearer dk_wrong, from 2001:db8::{n}',
      expected: '401 unauthenticated, 401 unauthenticated, 401 unauthenticated, 429 too-many-requests',
    },
    ({ narrow }) => oneByOne([1, 2, 3, 4].map((n) => () => guess(narrow, `2001:db8::${n}`))),
  ),
  check(
    {
      id: 'guess-good',
      source,
      title: 'who has a key is shut out by guesses from the same address',
      request: '5 × GET /images Authorization: Bearer dk_wrong, then with a key',
      expected: '200',
    },
    async ({ narrow }) => {
      const good = await narrow.owner('neighbour');
      for (let time = 0; time < 5; time += 1) await guess(narrow, '198.51.100.3');
      return told(await good.get('/images', { 'X-Forwarded-For': '198.51.100.3' }));
    },
  ),
];
