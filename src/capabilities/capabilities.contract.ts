import { row } from '../http/contract.js';
import { CapabilitiesView } from './capabilities.view.js';

export const getCapabilities = row({
  id: 'getCapabilities',
  method: 'GET',
  path: '/capabilities',
  tag: 'About',
  summary: 'What this deployment can do',
  description: 'Formats read and written, operations with the JSON Schemas of their parameters, languages, limits.',
  answers: { 200: { description: 'As the running build and its configuration have it.', body: CapabilitiesView } },
  conditional: true,
  standalone: true,
  open: true,
});
