/** What test/support/cache.ts uses of the package, which brings no types. */
declare module 'http-cache-semantics' {
  interface Message {
    headers: Record<string, string | string[] | undefined>;
  }
  interface CacheRequest extends Message {
    method?: string;
    url?: string;
  }
  interface CacheResponse extends Message {
    status?: number;
  }
  export default class CachePolicy {
    constructor(request: CacheRequest, response: CacheResponse, options?: { shared?: boolean });
    now(): number;
    storable(): boolean;
    satisfiesWithoutRevalidation(request: CacheRequest): boolean;
    revalidationHeaders(request: CacheRequest): http.OutgoingHttpHeaders;
    revalidatedPolicy(request: CacheRequest, response: CacheResponse): { policy: CachePolicy; modified: boolean };
    responseHeaders(): http.OutgoingHttpHeaders;
  }
  import type http from 'node:http';
}
