import type { Change, KeyValues } from '../core/storage.js';

/** What other tabs act on: events, who the visitor is, what they allow. */
const kTold = /^dp\.(q\.|[uc]$)/;

/** The same storage, whose changes the other tabs hear of: a browser tells them of its own storage alone. */
export function toldStorage(storage: KeyValues): KeyValues {
  if (storage.onChange || typeof BroadcastChannel === 'undefined') return storage;
  const channel = new BroadcastChannel('dp');
  const telling = (key: string, newValue: string | null, change: () => void) => {
    const oldValue = kTold.test(key) ? storage.getItem(key) : null;
    change();
    if (kTold.test(key)) channel.postMessage({ key, newValue, oldValue } satisfies Change);
  };
  return {
    get length() {
      return storage.length;
    },
    key: (index) => storage.key(index),
    getItem: (key) => storage.getItem(key),
    setItem: (key, value) => telling(key, value, () => storage.setItem(key, value)),
    removeItem: (key) => telling(key, null, () => storage.removeItem(key)),
    onChange(changed) {
      channel.onmessage = ({ data }) => changed(data);
    },
  };
}
