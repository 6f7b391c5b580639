import { type Row } from './contract.js';

/** Every row whose handler is loaded: what this build can do. Filled by the decorator, read by Allow and the tests. */
const loaded: Row[] = [];

export function registerRow(operation: Row): void {
  loaded.push(operation);
}

export function contractRows(): readonly Row[] {
  return loaded;
}

const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** Whether a path is one of the row's. An `{id}` and an `{invocation}` are UUIDs: anything else is no resource of ours. */
export function rowMatches(operation: Row, path: string): boolean {
  return [operation.path, ...(operation.aliases ?? [])].some((template) => patternOf(template).test(path));
}

const patterns = new Map<string, RegExp>();

function patternOf(template: string): RegExp {
  const known = patterns.get(template);
  if (known !== undefined) return known;
  const source = template
    .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
    // All in one go: the pattern of a UUID has braces of its own.
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => (/^(id|invocation)$/.test(name) ? uuid : '[^/]+'));
  const pattern = new RegExp(`^${source}/?$`);
  patterns.set(template, pattern);
  return pattern;
}

/** Whether a URI below this path can be minted: there is a PUT that fills it. */
export function canBeReserved(path: string): boolean {
  const minted = `${path}/00000000-0000-7000-8000-000000000000`;
  return loaded.some((operation) => operation.method === 'PUT' && rowMatches(operation, minted));
}

/** The methods a path knows, as Allow lists them; empty where nothing lives there. */
export function methodsOf(path: string): string[] {
  // A path without parameters is that resource alone: /images/tasks is not the image called "tasks".
  const methods = loaded.filter((operation) => rowMatches(operation, path)).map(({ method }) => method);
  if (methods.length === 0) return [];
  return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].sort();
}
