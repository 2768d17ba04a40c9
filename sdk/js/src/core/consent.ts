import { type KeyValues, readJson, tryStore } from './storage.js';
import type { Categories } from './types.js';

const kConsent = 'dp.c';

/** What the visitor allowed on this device; it outlives `reset`. */
export interface Consent {
  get(): Categories | null;
  set(changes: Categories): Categories;
}

export function consent(storage: KeyValues): Consent {
  let text: string | null = null;
  let current: Categories | null = null;
  return {
    get() {
      const now = storage.getItem(kConsent);
      if (now !== null && now !== text) {
        text = now;
        current = readJson<Categories>(storage, kConsent) ?? current;
      }
      return current;
    },
    set(changes) {
      current = { ...this.get(), ...changes };
      text = JSON.stringify(current);
      tryStore(storage, kConsent, text);
      return current;
    },
  };
}
