import type { Moment } from '../core/capture.js';
import { kHeldCalls } from '../core/limits.js';
import { type KeyValues, readJson } from '../core/storage.js';
import type { HeldCall, PageFacts } from '../core/types.js';

/** Where the snippet leaves the calls of a page that went before the package ran. */
export const kStub = 'dp.stub';

export const heldCall = (method: string, values: unknown[], page: PageFacts | undefined): HeldCall => [
  method,
  values,
  Date.now(),
  page?.url ?? '',
  page?.title ?? '',
  page?.referrer ?? '',
];

/** When and where a held call was made; at the earliest when the page was shown. */
export const momentOf = ([, , time, url, title, referrer]: HeldCall, shownAt = 0): Moment => ({
  time: Math.max(time, shownAt),
  page: url ? { url, title, referrer } : undefined,
});

/** The calls of an earlier page, taken away from storage; what is no call is left out. */
export function drainStub(storage: KeyValues): HeldCall[] {
  const calls = readJson<unknown>(storage, kStub);
  if (!calls) return [];
  storage.removeItem(kStub);
  return Array.isArray(calls)
    ? calls.filter((call) => isHeldCall(call) && call[0] !== 'flush').slice(0, kHeldCalls)
    : [];
}

export function isHeldCall(call: unknown): call is HeldCall {
  return Array.isArray(call) && typeof call[0] === 'string' && Array.isArray(call[1]) && call[2] > 0;
}
