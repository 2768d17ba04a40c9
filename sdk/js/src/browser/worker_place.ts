import { memoryStorage, sound } from '../core/storage.js';
import type { Place } from './place.js';
import type { Slots } from './slots.js';

const kNoSlots: Slots = {
  propose: () => false,
  current: () => undefined,
  all: () => [],
  clear() {},
};

/** A worker captures and delivers; it has no page to stamp, no slots, and decides nothing. */
export const kWorkerPlace: Place = {
  page: () => undefined,
  circumstance: () => ({
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    locale: navigator.language,
  }),
  only: { wasm: false, capture: {} },
  storage: ({ storage }) => (typeof storage === 'object' ? sound(storage) : memoryStorage()),
  slots: () => kNoSlots,
  isHidden: () => false,
};
