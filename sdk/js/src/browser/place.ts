import type { Files } from '../core/files.js';
import type { KeyValues } from '../core/storage.js';
import type { Decision, Fields, PageFacts } from '../core/types.js';
import type { LoadOptions } from './options.js';
import type { Slots } from './slots.js';
import type { Views } from './views.js';

/** Where the package runs, in a page or in a worker. What differs between them is asked here. */
export interface Place {
  /** What a call is stamped with; undefined where there is no page. */
  page(): PageFacts | undefined;
  /** What all events of this place share in their context. */
  circumstance(): Fields;
  /** The storage of these options; a promise where it has to be opened first. */
  storage(options: LoadOptions, files: Files): KeyValues | Promise<KeyValues>;
  /** Options that have no choice here. */
  only?: Partial<LoadOptions>;
  /** The views of this document, from now on. */
  views(): Views;
  /** Whether the page was made ahead of its visitor; then `shown` is called once it is shown. */
  isAhead(shown: () => void): boolean;
  slots(onSeen: (decision: Decision) => void): Slots;
  isHidden(): boolean;
}
