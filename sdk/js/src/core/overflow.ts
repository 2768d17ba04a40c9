import { kJournalChars, kJournalEvents, kShelfEvents } from './limits.js';
import type { Keeper } from './shelf_keeper.js';
import type { KeyValues } from './storage.js';

/** How many events are on the shelf; there once the shelf's file was had. */
export const kShelved = 'dp.o';

/** Events that local storage has no room for: in memory until the shelf's file is there, which keeps them in IndexedDB. */
export interface Overflow {
  /** False: there is no room in memory either. */
  add(key: string, json: string): boolean;
  /**
   * What can be sent from here now. What is on its way to the shelf is sent from there, unless this is the last request of the page
   * (`isLast`), which may not live to put it there.
   */
  keys(isLast: boolean): string[];
  read(key: string): string | undefined;
  /** Those of the keys that are here go; the others are returned. */
  remove(keys: string[]): string[];
  /** Here and on the shelf. */
  size(): number;
  /** Has the shelf's file fetched, once on a device: it cannot be had any more when the network is gone. */
  prepare(): void;
  /** Borrows some of what is on the shelf; whether there is more to send now. */
  borrow(): Promise<boolean>;
  /** Once nothing is on its way to the shelf; undefined where nothing is. */
  settled(): Promise<unknown> | undefined;
}

/** `keep` loads the shelf's file and has it look after the events in `inMemory`; undefined where nothing may be kept. */
export function overflow(
  storage: KeyValues,
  keep: ((inMemory: Map<string, string>) => Promise<Keeper>) | undefined,
): Overflow {
  const held = new Map<string, string>();
  let keeper: Keeper | undefined;
  let loading: Promise<Keeper | undefined> | undefined;

  const load = () => {
    loading ??= keep?.(held).then(
      (loaded) => {
        keeper = loaded;
        return loaded;
      },
      () => {
        // Tried again when something is to be sent.
        loading = undefined;
        return undefined;
      },
    );
    return loading;
  };
  const self: Overflow = {
    add(key, json) {
      if (keeper) {
        // On their way; nothing gets there before this task ends.
        if (held.size >= kShelfEvents) return false;
      } else {
        let chars = key.length + json.length;
        for (const [other, text] of held) chars += other.length + text.length;
        if (held.size >= kJournalEvents || chars > kJournalChars) return false;
      }
      held.set(key, json);
      if (keeper) keeper.move();
      else if (held.size === 1) load();
      return true;
    },
    keys: (isLast) => [
      ...(isLast || !keeper || keeper.refuses() ? held.keys() : []),
      ...(keeper?.keys() ?? []),
    ],
    read: (key) => held.get(key) ?? keeper?.read(key),
    remove(keys) {
      const others = keys.filter((key) => !held.delete(key));
      return keeper?.remove(others) ?? others;
    },
    size: () => held.size + (keeper?.size() ?? (Number(storage.getItem(kShelved)) || 0)),
    prepare() {
      if (storage.getItem(kShelved) === null) load();
    },
    borrow: async () => !!self.size() && !!(await (await load())?.borrow()),
    settled: () => (keeper ? keeper.settled() : held.size ? loading?.then(() => self.settled()) : undefined),
  };
  return self;
}
