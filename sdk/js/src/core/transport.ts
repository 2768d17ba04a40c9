import type { Addresses } from './addresses.js';
import { kBlockedMs, kRequestMs, kRetryAfterMaxMs } from './limits.js';

/** What became of a request. `status` 0: no answer. */
export interface Answer {
  status: number;
  retryAfterMs?: number;
  rejected?: { index: number; code?: string; message?: string }[];
  /** the answer is this project's collector's, which unpacks what is compressed */
  ours?: boolean;
  /** all that it says */
  json?: unknown;
}

/** Sends one body; whatever happens is an answer. The request has left when this returns to its caller. */
export type Send = (body: string | Blob, keepalive: boolean, syncs?: string) => Promise<Answer>;

/** A `Retry-After` of seconds or of a date. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (!header || !/^(\d+$|[A-Z])/.test(header)) return;
  const wait = Number(header) * 1000 || (header > 'A' ? Date.parse(header) - now : 0);
  return wait >= 0 ? Math.min(wait, kRetryAfterMaxMs) : undefined;
}

/** gzip, which the collector knows by its first bytes: a header would cost a preflight. */
export async function packed(body: string): Promise<string | Blob> {
  if (typeof CompressionStream === 'undefined') return body;
  return new Response(new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))).blob();
}

/** By fetch, as `text/plain` without credentials: a simple request, so there is no preflight. All names of the path share its time. */
export function fetchSend(to: Addresses, syncUrl: string, now: () => number): Send {
  const request = async (
    url: string,
    body: string | Blob,
    keepalive: boolean,
    ms: number,
  ): Promise<Answer> => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), ms);
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/plain' },
        credentials: 'omit',
        keepalive,
        signal: abort.signal,
      });
      const answer: Answer = {
        status: response.status,
        retryAfterMs: retryAfter(response.headers.get('retry-after'), now()),
      };
      if (response.ok) {
        const json = await response.json().catch(() => null);
        if (Array.isArray(json?.rejected)) answer.rejected = json.rejected;
        answer.ours = json?.cursor !== undefined;
        answer.json = json;
      }
      return answer;
    } catch {
      return { status: 0 };
    } finally {
      clearTimeout(timer);
    }
  };
  return async (body, keepalive, syncs) => {
    if (syncs) return request(syncUrl, body, keepalive, kRequestMs);
    const begun = performance.now();
    for (let spent = 0; ; ) {
      const answer = await request(to.current(), body, keepalive, kRequestMs - spent);
      const took = performance.now() - begun - spent;
      spent += took;
      if (answer.status && answer.status !== 404) to.works();
      else if ((answer.status || took < kBlockedMs) && to.next()) continue;
      return answer;
    }
  };
}
