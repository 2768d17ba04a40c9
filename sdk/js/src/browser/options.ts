import type { Paths } from '../core/paths.js';
import type { KeyValues } from '../core/storage.js';
import type { Event, Format } from '../core/types.js';
import type { CaptureModules } from './capture_options.js';
import type { IdentityToken } from './syncing.js';

/** What `load` takes. */
export interface LoadOptions {
  /** the public key: it can only write */
  writeKey: string;
  /** where the collector is, such as `https://collect.example.com`; without it, the page's own origin */
  url?: string;
  /**
   * `local` (default); `cookie`: as `local`, with who the visitor is and what they allow in cookies; `memory`: nothing outlives the page;
   * or any object with the methods of Storage
   */
  storage?: 'local' | 'cookie' | 'memory' | KeyValues;
  /** with `cookie`, the domain whose hosts share them, such as `example.com`; without it, this host alone */
  cookieDomain?: string;
  /** `auto` (default) decides on this device, by JavaScript where WebAssembly is refused; `js` never tries it; false only captures */
  wasm?: 'auto' | 'js' | false;
  /**
   * Paths the operator renamed; `program` contains the journey's name. Any other is the address of desirepath.full.wasm or of the
   * desirepath.*.js with that name, which else stands beside the script.
   */
  paths?: Paths;
  /** `compact` (default) for this project's collector, `segment` for any other endpoint of the Segment spec */
  format?: Format;
  /** what is captured without a call; each is a file of its own, loaded when the page is idle */
  capture?: CaptureModules;
  /**
   * the token that proves who is signed in: a JWT of the site's server, asked for once a user is identified and again before it ends. With it
   * what other channels did counts here too. Needs a secure page
   */
  identityToken?: IdentityToken;
  /** the journey whose device program decides; `default` is the collector's first */
  journey?: string;
  /** with true nothing is stored or sent before `setConsent` grants `consentCategory` */
  consentRequired?: boolean;
  /** the category that allows capture; `analytics` if not given */
  consentCategory?: string;
  /** with true a browser that says Do Not Track refuses `consentCategory`, until the visitor grants it */
  respectDoNotTrack?: boolean;
  /** query parameters taken out of addresses besides the usual ones (README: Keep private things private); false: not even those */
  hideParams?: string[] | false;
  /** sees each event last, before it is journaled: may change it, or drop it with null */
  redact?(event: Event): Event | null | undefined;
  /** events that are sent at once, 20 if not given, and how long fewer wait, 1,000 ms if not given */
  flushAt?: number;
  flushAfterMs?: number;
}

/** With what follows from them. */
export interface ResolvedOptions extends LoadOptions {
  batchUrls: string[];
  programUrl: string;
  syncUrl: string;
  consentCategory: string;
}

/** Throws where the key is missing: a mistake of the page's author, to be seen at once. */
export function resolvedOptions(options: LoadOptions): ResolvedOptions {
  if (!options?.writeKey) throw new Error('load needs a writeKey');
  const url = (options.url ?? '').replace(/\/+$/, '');
  const { paths, journey = 'default' } = options;
  const batch = [paths?.batch ?? []].flat();
  return {
    ...options,
    batchUrls: (batch.length ? batch : ['/v1/batch']).map(
      (path) => `${url}${path}?k=${encodeURIComponent(options.writeKey)}`,
    ),
    syncUrl: `${url}${paths?.sync ?? '/v1/sync'}?k=${encodeURIComponent(options.writeKey)}`,
    programUrl: `${url}${paths?.program ?? `/v1/journeys/${encodeURIComponent(journey)}/program`}`,
    consentCategory: options.consentCategory ?? 'analytics',
  };
}
