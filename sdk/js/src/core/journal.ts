import { kJournalChars, kJournalEvents } from './limits.js';
import type { Overflow } from './overflow.js';
import { type KeyValues, keepSpare, keysWith, tryStore } from './storage.js';

export const kQueue = 'dp.q.';

/**
 * Events that are not acknowledged yet, one storage key each: `dp.q.<tab>.<seq>`. Keys sort by page and creation. What does not fit in
 * storage goes to the overflow; where that is full too an event is refused.
 */
export interface Journal {
  /** The key it is kept under, or undefined when there is no room anywhere. */
  add(json: string): string | undefined;
  /** All keys that can be sent from here, of every tab, oldest page first; `isLast`: by the last request of the page. */
  keys(isLast?: boolean): string[];
  read(key: string): string | null;
  remove(keys: string[]): void;
  /** Events journaled on this device. */
  size(): number;
  /** Whether this page made it. */
  isOwn(key: string): boolean;
  /** Whether no other page sends it unasked: this page made it, or borrowed it from the shelf. */
  isMine(key: string): boolean;
}

export function journal(storage: KeyValues, tab: string, overflow: Overflow): Journal {
  // Where storage does not let go of a key, what it holds was dealt with all the same.
  const stuck = new Set<string>();
  let seq = 0;
  let events = 0;
  let chars = 0;
  let keysSeen = 0;
  const stored = () => keysWith(storage, kQueue).filter((key) => !stuck.has(key));
  const count = () => {
    const keys = stored();
    events = keys.length;
    chars = 0;
    for (const key of keys) chars += key.length + (storage.getItem(key)?.length ?? 0);
    keysSeen = storage.length;
  };
  count();
  const isOwn = (key: string) => key.startsWith(`${kQueue}${tab}.`);
  const fits = (room: number) => events < kJournalEvents && chars + room <= kJournalChars;
  return {
    add(json) {
      if (!seq) keepSpare(storage);
      const key = `${kQueue}${tab}.${(seq++).toString(36).padStart(4, '0')}`;
      const room = key.length + json.length;
      // Another number of keys: some other tab has been here.
      if (storage.length !== keysSeen || !fits(room)) count();
      if (fits(room) && tryStore(storage, key, json)) {
        events++;
        keysSeen++;
        chars += room;
        return key;
      }
      return overflow.add(key, json) ? key : undefined;
    },
    keys: (isLast = false) => [...stored(), ...overflow.keys(isLast)].sort(),
    read: (key) => overflow.read(key) ?? storage.getItem(key),
    remove(keys) {
      for (const key of overflow.remove(keys)) {
        storage.removeItem(key);
        if (storage.getItem(key) !== null) stuck.add(key);
      }
      count();
    },
    size: () => stored().length + overflow.size(),
    isOwn,
    isMine: (key) => isOwn(key) || overflow.read(key) !== undefined,
  };
}
