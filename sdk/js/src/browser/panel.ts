import type { Emitter } from '../core/emitter.js';
import type { Modules } from '../core/files.js';
import type { Decision, PageFacts, Plugin, Topics } from '../core/types.js';
import type { DebugReport, Desirepath } from './api.js';

/** What the panel on the page sees of the running client. */
export interface Watched extends Pick<Emitter<Topics>, 'on' | 'off'> {
  report(): DebugReport;
  /** Events of this device that are not acknowledged: as they are journaled, and whether a request has them. */
  waiting(): [json: string | null, isLeased: boolean][];
  /** The slots of the page, by name. */
  targets(): [name: string, element: Element][];
  /** The last word on each trigger in this page view. */
  decisions(): Decision[];
  explainFacts: Desirepath['explainFacts'];
  use(plugin: Plugin): void;
  /** How facts are shown. */
  facts(): Promise<Modules['facts']>;
}

/** The panel's element in a page. */
export const kPanel = 'desirepath-overlay';

/** Of local storage: anything under it shows the panel on every page. */
export const kDebug = 'dp.debug';

/** Whether the address asks for the panel. */
export const asksForPanel = (page: PageFacts | undefined): boolean => /[?&#]dp_debug\b/.test(page?.url ?? '');
