import { kConsent } from '../core/consent.js';
import { kIdentity } from '../core/identity.js';
import { kCookieSeconds } from '../core/limits.js';
import type { KeyValues } from '../core/storage.js';

const kCookies = [kIdentity, kConsent];

const readCookie = (name: string): string | null => {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
};

const writeCookie = (name: string, value: string, seconds: number, domain = ''): void => {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API answers later, and not everywhere.
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${seconds}; SameSite=Lax${domain && `; Domain=${domain}`}${secure}`;
};

/**
 * Who the visitor is and what they allow as the cookies `dp.u` and `dp.c`, of this host or of `domain` and all hosts below it; everything
 * else in `base`, and these too where cookies are refused.
 */
export const cookieStorage = (base: KeyValues, domain: string | undefined): KeyValues => ({
  get length() {
    return base.length;
  },
  key: (index) => base.key(index),
  getItem: (key) => (kCookies.includes(key) ? readCookie(key) : null) ?? base.getItem(key),
  setItem(key, value) {
    if (kCookies.includes(key)) {
      // One of this host alone would hide the domain's.
      if (domain) writeCookie(key, '', 0);
      writeCookie(key, value, kCookieSeconds, domain);
      if (readCookie(key) === value) return base.removeItem(key);
    }
    base.setItem(key, value);
  },
  removeItem(key) {
    if (kCookies.includes(key)) {
      writeCookie(key, '', 0);
      if (domain) writeCookie(key, '', 0, domain);
    }
    base.removeItem(key);
  },
});
