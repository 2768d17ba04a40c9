/** The part of the DOM's Storage that the package uses. */
export interface KeyValues {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

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

/** `candidate()` if it takes a value, else undefined: reaching for local storage may itself throw. */
export function usable(candidate: () => KeyValues): KeyValues | undefined {
  try {
    const storage = candidate();
    storage.setItem('dp.?', '1');
    storage.removeItem('dp.?');
    return storage;
  } catch {}
}

/** Whether the value was kept; false when the quota is full. */
export function tryStore(storage: KeyValues, key: string, value: string): boolean {
  try {
    storage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
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
  try {
    return JSON.parse(storage.getItem(key) as string);
  } catch {
    return null;
  }
}
