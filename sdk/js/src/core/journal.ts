import { kJournalChars, kJournalEvents } from './limits.js';
import { type KeyValues, keysWith, tryStore } from './storage.js';

export const kQueue = 'dp.q.';

/**
 * Events that are not acknowledged yet, one storage key each: `dp.q.<tab>.<seq>`. Keys sort by page and creation. What does not fit in
 * storage is held in memory, to the same bounds; past those an event is refused.
 */
export interface Journal {
  /** The key it is kept under, or undefined when there is no room anywhere. */
  add(json: string): string | undefined;
  /** All keys, of every tab, oldest page first. */
  keys(): string[];
  read(key: string): string | null;
  remove(keys: Iterable<string>): void;
  /** Events journaled on this device. */
  size(): number;
}

export function journal(storage: KeyValues, tab: string): Journal {
  const overflow = new Map<string, string>();
  let overflowChars = 0;
  let seq = 0;
  let events = 0;
  let chars = 0;
  let keysSeen = 0;
  const count = () => {
    const keys = keysWith(storage, kQueue);
    events = keys.length;
    chars = 0;
    for (const key of keys) chars += key.length + (storage.getItem(key)?.length ?? 0);
    keysSeen = storage.length;
    return keys;
  };
  count();
  const fits = (room: number) => events < kJournalEvents && chars + room <= kJournalChars;
  return {
    add(json) {
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
      if (overflow.size >= kJournalEvents || overflowChars + room > kJournalChars) return;
      overflow.set(key, json);
      overflowChars += room;
      return key;
    },
    keys: () => [...keysWith(storage, kQueue), ...overflow.keys()].sort(),
    read: (key) => overflow.get(key) ?? storage.getItem(key),
    remove(keys) {
      for (const key of keys) {
        const held = overflow.get(key);
        if (held === undefined) {
          storage.removeItem(key);
        } else {
          overflowChars -= key.length + held.length;
          overflow.delete(key);
        }
      }
      count();
    },
    size: () => count().length + overflow.size,
  };
}
