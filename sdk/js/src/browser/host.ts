import type { KeyValues } from '../core/storage.js';
import type { CallOptions, Event, Fields } from '../core/types.js';

type Track = (event: string, properties?: Fields, options?: CallOptions) => void;

/** What a capture module has of the running client. Once the module is ended, nothing it says is heard any more. */
export interface Host {
  /** Captures what the visitor does, the way the page's own calls are: consent, plugins, journal. */
  track: Track;
  /** The same of what is no doing of the visitor here and now: a decision it brings changes nothing that is in view. */
  observe: Track;
  /** Members of the context of every later event; undefined takes one away. */
  surround(circumstance: Fields): void;
  /** Each event of this page once it is journaled. A `page` among them begins a new page view. */
  onEvent(listener: (event: Event) => void): void;
  /**
   * The page is hidden or goes, perhaps for good, or the next page view begins without it: what is said now still leaves with the page, and
   * belongs to the page view that ends.
   */
  onLeave(listener: () => void): void;
  /**
   * As addEventListener, until the module ends. Listeners are passive and hear the event on its way down, so that no handler of the
   * page keeps it from them.
   */
  listen(target: EventTarget, type: string, listener: (event: never) => void): void;
  /** Where this device keeps things. A module's own keys begin with `dp.`. */
  storage: KeyValues;
  /** Consent was refused on this page before: what the page did meanwhile is nobody's business. */
  wasRefused: boolean;
}

/** What the entry of a capture module exports as `start`; it returns what ends what `host` does not end. */
export type Start<Options> = (host: Host, options: Options) => (() => void) | undefined;
