/** A file of its own: pages load it when local storage runs full, workers at once. The database `desirepath`. */
import { kBatchBytes, kBatchEvents, kLendMs, kShelfEvents } from '../core/limits.js';
import { kShelved } from '../core/overflow.js';
import type { Shelf } from '../core/shelf.js';
import { type Keeper, type KeeperParts, shelfKeeper } from '../core/shelf_keeper.js';
import type { KeyValues } from '../core/storage.js';

const kEvents = 'events';
const kValues = 'values';

/** An event, who borrowed it and until when. */
interface Shelved {
  json: string;
  borrower: string;
  until: number;
}

const connected = () =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('desirepath', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(kEvents);
      request.result.createObjectStore(kValues);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** One transaction on a connection of its own, which stands in no other tab's way. `work` returns what gives the result at its end. */
async function within<T>(name: string, work: (store: IDBObjectStore) => () => T): Promise<T> {
  const database = await connected();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, 'readwrite');
      const result = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(result());
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Opens the shelf and keeps it. Rejects where the browser refuses databases. */
export async function keep(parts: Omit<KeeperParts, 'shelf'>): Promise<Keeper> {
  (await connected()).close();
  return shelfKeeper({ ...parts, shelf });
}

const shelf: Shelf = {
  put: (entries) =>
    within(kEvents, (store) => {
      for (const [key, json] of entries) store.put({ json, borrower: '', until: 0 } satisfies Shelved, key);
      const count = store.count();
      count.onsuccess = () => count.result > kShelfEvents && store.transaction.abort();
      return () => count.result;
    }),
  lend: (borrower, now) =>
    within(kEvents, (store) => {
      const entries: [string, string][] = [];
      let chars = 0;
      const cursors = store.openCursor();
      cursors.onsuccess = () => {
        const cursor = cursors.result;
        if (!cursor || entries.length >= kBatchEvents || chars > kBatchBytes * 4) return;
        const found: Shelved = cursor.value;
        const left = found.until - now;
        // Lent for longer than is ever lent: the clock was set back since.
        if (found.borrower === borrower || left <= 0 || left > kLendMs) {
          entries.push([String(cursor.key), found.json]);
          chars += found.json.length;
          cursor.update({ ...found, borrower, until: now + kLendMs });
        }
        cursor.continue();
      };
      const count = store.count();
      return () => ({ entries, left: count.result });
    }),
  remove: (keys) =>
    within(kEvents, (store) => {
      for (const key of keys) store.delete(key);
      const count = store.count();
      return () => count.result;
    }),
};

/**
 * A worker's storage, which has no local one: what it keeps is read at once and written behind. Events do not fit in, and go to the shelf.
 * Rejects where the browser refuses databases.
 */
export async function openValues(isEvent: (key: string) => boolean): Promise<KeyValues> {
  const values = await within(kValues, (store) => {
    const [keys, found] = [store.getAllKeys(), store.getAll()];
    return () => new Map(keys.result.map((key, index) => [String(key), String(found.result[index])]));
  });
  // Written behind, the count may have been left behind.
  values.set(kShelved, String(await shelf.remove([])));
  let changed = new Set<string>();
  const keep = (key: string) => {
    if (!changed.size) {
      queueMicrotask(() => {
        const keys = changed;
        changed = new Set();
        within(kValues, (store) => {
          for (const key of keys) {
            const value = values.get(key);
            if (value === undefined) store.delete(key);
            else store.put(value, key);
          }
          return () => {};
        }).catch(() => {});
      });
    }
    changed.add(key);
  };
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem(key, value) {
      if (isEvent(key)) throw new Error('events have a place of their own');
      values.set(key, value);
      keep(key);
    },
    removeItem(key) {
      if (values.delete(key)) keep(key);
    },
  };
}
