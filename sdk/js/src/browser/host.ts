import type { CallOptions, Event, Fields } from '../core/types.js';

/** What a capture module has of the running client. */
export interface Host {
  /** Captures an event the way the page's own calls are: consent, plugins, journal. */
  track(event: string, properties?: Fields, options?: CallOptions): void;
  /** Each event of this page once it is journaled. A `page` among them begins a new page view. */
  onEvent(listener: (event: Event) => void): void;
  /** The page is hidden or goes, perhaps for good: what is tracked now still leaves with it. */
  onLeave(listener: () => void): void;
  /**
   * As addEventListener, until the module ends. Listeners are passive and hear the event on its way down, so that no handler of the
   * page keeps it from them.
   */
  listen(target: EventTarget, type: string, listener: (event: never) => void): void;
}

/** What the entry of a capture module exports as `start`; it returns what ends what `host` does not end. */
export type Start<Options> = (host: Host, options: Options) => (() => void) | undefined;
