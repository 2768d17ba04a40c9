import { kSpareChars } from './limits.js';

/** Room set aside, once events were kept here. */
const kSpare = 'dp.r';

/** The part of the DOM's Storage that the package uses. */
export interface KeyValues {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  /** Tells of what other tabs change, where the browser's `storage` events do not. */
  onChange?(changed: (change: Change) => void): void;
}

/** As a `storage` event has it. */
export type Change = Pick<StorageEvent, 'key' | 'newValue' | 'oldValue'>;

/** Where a browser refuses storage, and on servers: lives as long as the page or process. */
export function memoryStorage(): KeyValues {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** The same storage, which throws on writing alone: where reading is refused there is nothing. */
export const sound = (storage: KeyValues): KeyValues => ({
  get length() {
    return attempt(() => storage.length, 0);
  },
  key: (index) => attempt(() => storage.key(index), null),
  getItem: (key) => attempt(() => storage.getItem(key), null),
  setItem: (key, value) => storage.setItem(key, value),
  removeItem: (key) => attempt(() => storage.removeItem(key), undefined),
  onChange: storage.onChange?.bind(storage),
});

/** `candidate()` if it has taken a value, or takes one, else undefined: reaching for local storage may itself throw. */
export function usable(candidate: () => KeyValues): KeyValues | undefined {
  return attempt(() => {
    const storage = candidate();
    if (storage.getItem(kSpare) === null) {
      storage.setItem('dp.?', '1');
      storage.removeItem('dp.?');
    }
    return storage;
  }, undefined);
}

/** Whether the value was kept; false when the quota is full. */
export function tryStore(storage: KeyValues, key: string, value: string): boolean {
  return attempt(() => {
    storage.setItem(key, value);
    return true;
  }, false);
}

/** As `tryStore`, of what is small and must be kept: with the quota full it gets the room that `keepSpare` set aside. */
export function storeSurely(storage: KeyValues, key: string, value: string): boolean {
  if (tryStore(storage, key, value)) return true;
  const spare = storage.getItem(kSpare) ?? '';
  storage.removeItem(kSpare);
  const stored = tryStore(storage, key, value);
  // The rest of it, before an event takes it.
  tryStore(storage, kSpare, spare.slice(stored ? key.length + value.length : 0));
  return stored;
}

/** Sets room aside for `storeSurely`, where there is any. */
export function keepSpare(storage: KeyValues): void {
  if ((storage.getItem(kSpare)?.length ?? 0) < kSpareChars)
    tryStore(storage, kSpare, ' '.repeat(kSpareChars));
}

/** The keys that begin with `prefix`, sorted. */
export function keysWith(storage: KeyValues, prefix: string): string[] {
  const keys: string[] = [];
  for (let index = storage.length; index--; ) {
    const key = storage.key(index);
    if (key?.startsWith(prefix)) keys.push(key);
  }
  return keys.sort();
}

/** The JSON under a key; null where there is none or it is damaged. */
export function readJson<T>(storage: KeyValues, key: string): T | null {
  return attempt(() => JSON.parse(storage.getItem(key) as string), null);
}
