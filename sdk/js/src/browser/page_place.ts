import { type KeyValues, memoryStorage, sound, usable } from '../core/storage.js';
import { cookieStorage } from './cookie_storage.js';
import type { Place } from './place.js';
import { slots } from './slots.js';
import { timeZone } from './time_zone.js';
import { toldStorage } from './told_storage.js';
import { views } from './views.js';

export const kPagePlace: Place = {
  page: () => ({ url: location.href, title: document.title, referrer: document.referrer }),
  circumstance: () => ({
    timezone: timeZone(),
    locale: navigator.language,
    screen: { width: screen.width },
  }),
  storage({ storage, cookieDomain }): KeyValues {
    if (typeof storage === 'object') return toldStorage(sound(storage));
    const local = storage !== 'memory' && usable(() => localStorage);
    const base = local ? sound(local) : memoryStorage();
    return storage === 'cookie' ? toldStorage(cookieStorage(base, cookieDomain)) : base;
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
