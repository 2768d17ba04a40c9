import { kQueue } from '../core/journal.js';
import { memoryStorage, sound } from '../core/storage.js';
import type { Place } from './place.js';
import type { Slots } from './slots.js';
import { timeZone } from './time_zone.js';
import type { Views } from './views.js';

const nothing = () => {};

const kNoSlots: Slots = {
  propose: () => false,
  expect: nothing,
  withdraw: nothing,
  stands: () => false,
  current: () => undefined,
  all: () => [],
  targets: () => [],
  beginView: nothing,
  endView: nothing,
  clear: nothing,
  add: () => nothing,
  remove: nothing,
};

const kNoViews: Views = {
  page: () => undefined,
  begin: () => false,
  claim: () => false,
  restored: nothing,
  onNavigation: nothing,
};

/** A worker captures and delivers; it has no page to stamp, no slots, and decides nothing. */
export const kWorkerPlace: Place = {
  page: () => undefined,
  circumstance: () => ({
    timezone: timeZone(),
    locale: navigator.language,
  }),
  only: { wasm: false, capture: {} },
  storage({ storage }, files) {
    if (typeof storage === 'object') return sound(storage);
    if (storage === 'memory') return memoryStorage();
    return files
      .module('shelf')
      .then(({ openValues }) => openValues((key) => key.startsWith(kQueue)))
      .catch(memoryStorage);
  },
  views: () => kNoViews,
  isAhead: () => false,
  slots: () => kNoSlots,
  isHidden: () => false,
};
