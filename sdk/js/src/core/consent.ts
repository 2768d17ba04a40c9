import { type KeyValues, readJson, storeSurely } from './storage.js';
import type { Categories, Fields } from './types.js';

export const kConsent = 'dp.c';

interface Stored {
  categories: Categories;
  /** what the browser refused when the choice was made, and the visitor chose all the same */
  despite: string[];
}

/** What the visitor allowed on this device; it outlives `reset`. */
export interface Consent {
  get(): Categories | null;
  set(changes: Categories): void;
  /** As events say it in `context.consent`; undefined while nothing is known. */
  told(): Fields | undefined;
}

/** `refused`: categories that the visitor's browser says no to, until the visitor chooses having said so. */
export function consent(storage: KeyValues, refused: string[] = [], globalPrivacyControl = false): Consent {
  let seen: string | null = null;
  let stored: Stored | undefined;
  let current: Categories | null = null;
  const settle = (next: Stored | undefined) => {
    stored = next;
    const binding = refused.filter((name) => !stored?.despite.includes(name)).map((name) => [name, false]);
    current = stored || binding.length ? { ...stored?.categories, ...Object.fromEntries(binding) } : null;
  };
  settle(undefined);
  const self: Consent = {
    get() {
      const now = storage.getItem(kConsent);
      if (now !== null && now !== seen) {
        const read = readJson<Stored>(storage, kConsent);
        if (read?.categories && Array.isArray(read.despite)) settle(read);
        seen = now;
      }
      return current;
    },
    set(changes) {
      settle({ categories: { ...self.get(), ...changes }, despite: refused });
      storeSurely(storage, kConsent, JSON.stringify(stored));
      seen = storage.getItem(kConsent);
    },
    told() {
      const categoryPreferences = self.get();
      if (!categoryPreferences) return;
      return globalPrivacyControl ? { categoryPreferences, globalPrivacyControl } : { categoryPreferences };
    },
  };
  return self;
}
