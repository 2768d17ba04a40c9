import { type KeyValues, memoryStorage, usable } from '../core/storage.js';
import type { Place } from './place.js';
import { slots } from './slots.js';
import { views } from './views.js';

export const kPagePlace: Place = {
  page: () => ({ url: location.href, title: document.title, referrer: document.referrer }),
  circumstance: () => ({
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    locale: navigator.language,
    screen: { width: screen.width },
  }),
  storage({ storage }): KeyValues {
    if (typeof storage === 'object') return storage;
    return (storage !== 'memory' && usable(() => localStorage)) || memoryStorage();
  },
  views,
  isAhead(shown) {
    if (!(document as { prerendering?: boolean }).prerendering) return false;
    document.addEventListener('prerenderingchange', shown, { once: true });
    return true;
  },
  slots,
  isHidden: () => document.hidden,
};
