import { row } from '../http/contract.js';
import { GuideView } from './guide.view.js';

export const getPostGuide = row({
  id: 'getPostGuide',
  method: 'GET',
  path: '/docs/post',
  tag: 'About',
  summary: 'POST, case by case: every use and every success of it, with real answers of this service',
  answers: { 200: { description: 'Tables; a page for a browser.', body: GuideView } },
  conditional: true,
  standalone: true,
  open: true,
});
