import { type RandomSource, randomText } from './ids.js';
import { type KeyValues, readJson, tryStore } from './storage.js';
import type { Fields } from './types.js';

export const kIdentity = 'dp.u';

interface Stored {
  anonymousId: string;
  userId?: string;
  /** names of the traits that are known; their values stay with the collector */
  known: string[];
}

/** Who this device speaks for. Read afresh at each use, because another tab may have changed it. */
export interface Identity {
  get(): Stored;
  /** Keeps the user and the names of the traits. Another user on the same device begins as a new anonymous person. */
  identify(userId: string | undefined, traits: Fields | undefined): void;
  reset(): void;
}

export function identity(storage: KeyValues, random: RandomSource, onReset: () => void): Identity {
  let text: string | null = null;
  let current: Stored;
  const save = (next: Stored) => {
    current = next;
    text = JSON.stringify(next);
    tryStore(storage, kIdentity, text);
  };
  const fresh = () => save({ anonymousId: randomText(random, 22), known: [] });
  const self: Identity = {
    get() {
      const now = storage.getItem(kIdentity);
      if (now !== text || !current) {
        const stored = readJson<Stored>(storage, kIdentity);
        if (stored?.anonymousId && Array.isArray(stored.known)) {
          current = stored;
          text = now;
        } else if (!current) {
          fresh();
        }
      }
      return current;
    },
    identify(userId, traits) {
      if (userId && self.get().userId && self.get().userId !== userId) self.reset();
      const { anonymousId, known, userId: before } = self.get();
      const names = new Set(known);
      for (const [name, value] of Object.entries(traits ?? {})) {
        if (value == null) names.delete(name);
        else names.add(name);
      }
      save({ anonymousId, userId: userId ?? before, known: [...names] });
    },
    reset() {
      fresh();
      onReset();
    },
  };
  return self;
}
