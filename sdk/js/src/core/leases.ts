import { kLeaseMs } from './limits.js';
import { type KeyValues, keysWith, tryStore } from './storage.js';

const kLease = 'dp.l.';

/**
 * Which journaled events some page is sending at the moment. A lease is one storage key, `dp.l.<id>` = `<until> <key> <key> …`, and ends by
 * itself, because the page that took it may be gone.
 */
export interface Leases {
  /** Keys under a running lease, of any tab; leases that ended are cleared away. */
  held(): Set<string>;
  take(id: string, keys: string[]): void;
  release(id: string): void;
}

export function leases(storage: KeyValues, now: () => number): Leases {
  const own = new Map<string, string>();
  const until = (value: string) => Number(value.slice(0, value.indexOf(' ')));
  return {
    held() {
      const time = now();
      const keys = new Set<string>();
      const admit = (value: string, drop: () => void) => {
        const left = until(value) - time;
        if (left > 0 && left <= kLeaseMs) for (const key of value.split(' ').slice(1)) keys.add(key);
        else drop();
      };
      for (const name of keysWith(storage, kLease)) {
        admit(storage.getItem(name) ?? '', () => storage.removeItem(name));
      }
      for (const [name, value] of own) admit(value, () => own.delete(name));
      return keys;
    },
    take(id, keys) {
      const value = `${now() + kLeaseMs} ${keys.join(' ')}`;
      // With storage full the lease still binds this page.
      if (!tryStore(storage, kLease + id, value)) own.set(id, value);
    },
    release(id) {
      own.delete(id);
      storage.removeItem(kLease + id);
    },
  };
}
