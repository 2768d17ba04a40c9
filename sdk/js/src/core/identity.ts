import { type RandomSource, randomText } from './ids.js';
import { kKnownFields } from './limits.js';
import { type KeyValues, readJson, storeSurely } from './storage.js';
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
  /** The person; a new one where there is none. */
  get(): Stored;
  /** The same without beginning one. */
  peek(): Stored | undefined;
  /** Keeps the user and the names of the traits. Another user on the same device begins as a new anonymous person. */
  identify(userId: string | undefined, traits: Fields | undefined): void;
  /** Fields of the person that are known elsewhere. */
  learn(fields: string[]): void;
  reset(): void;
  /** Leaves nobody: the next `get` begins a new person. */
  forget(): void;
}

export function identity(storage: KeyValues, random: RandomSource, onReset: () => void): Identity {
  let seen: string | null = null;
  let current: Stored | undefined;
  const save = (next: Stored) => {
    current = next;
    storeSurely(storage, kIdentity, JSON.stringify(next));
    seen = storage.getItem(kIdentity);
    return next;
  };
  const fresh = () => save({ anonymousId: randomText(random, 22), known: [] });
  const self: Identity = {
    peek() {
      const now = storage.getItem(kIdentity);
      if (now !== seen) {
        const stored = readJson<Stored>(storage, kIdentity);
        if (stored?.anonymousId && Array.isArray(stored.known)) {
          current = stored;
          seen = now;
        }
      }
      return current;
    },
    get: () => self.peek() ?? fresh(),
    identify(userId, traits) {
      if (userId && self.get().userId && self.get().userId !== userId) self.reset();
      const { anonymousId, known, userId: before } = self.get();
      const names = new Set(known);
      for (const [name, value] of Object.entries(traits ?? {})) {
        if (value == null) names.delete(name);
        else names.add(name);
      }
      save({ anonymousId, userId: userId ?? before, known: [...names].slice(-kKnownFields) });
    },
    learn(fields) {
      const person = self.peek();
      if (!person || fields.every((field) => person.known.includes(field))) return;
      save({ ...person, known: [...new Set([...person.known, ...fields])].slice(-kKnownFields) });
    },
    reset() {
      fresh();
      onReset();
    },
    forget() {
      current = undefined;
      storage.removeItem(kIdentity);
      seen = null;
    },
  };
  return self;
}
