import { kLeaseMs, kRetryAfterMaxMs } from './limits.js';
import { type KeyValues, keepSpare, keysWith, storeSurely, tryStore } from './storage.js';

const kLease = 'dp.l.';
const kPause = 'dp.h';

/** Keys of the journal that are one page's to send. */
export interface Lease {
  id: string;
  keys: string[];
}

/**
 * Which journaled events some page is sending at the moment. A lease is one storage key, `dp.l.<id>` = `<until> <key> <key> …`, and ends by
 * itself, because the page that took it may be gone; of keys of one page only the first is written out. What this page has leased it has
 * until it gives it back, whatever the clock does.
 */
export interface Leases {
  /** Keys under a running lease, of any tab; leases that ended are cleared away. */
  held(): Set<string>;
  take(keys: string[]): Lease;
  /** The same, but it yields: to every lease that was taken, and of those that were asked for to the lower id. */
  ask(keys: string[]): Lease;
  /** Whether any of it is leased elsewhere by now, and this one yields. */
  isContested(id: string): boolean;
  release(id: string): void;
  /** The collector asked for a pause, which all tabs keep, and the next page. */
  pause(ms: number): void;
  /** How much of it is left. */
  pausedMs(): number;
}

const pageEnd = (key: string) => key.lastIndexOf('.') + 1;

function written(keys: string[]): string {
  let page = '';
  return keys
    .map((key) => {
      const end = pageEnd(key);
      if (end && key.slice(0, end) === page) return key.slice(end);
      page = key.slice(0, end);
      return key;
    })
    .join(' ');
}

export function leases(storage: KeyValues, now: () => number, newId: () => string): Leases {
  const own = new Map<string, string[]>();
  /** Time left until `until`; none where it is further off than it was ever set: the clock was set back since. */
  const left = (until: string, most: number) => {
    const ms = Number(until) - now();
    return ms > 0 && ms <= most ? ms : 0;
  };
  /** Keys under other pages' leases: all of them, or those of leases that go before `id`. */
  const elsewhere = (id?: string) => {
    const keys: string[] = [];
    for (const name of keysWith(storage, kLease)) {
      const other = name.slice(kLease.length);
      if (own.has(other) || (id && other > id)) continue;
      const [until, ...words] = (storage.getItem(name) ?? '').split(' ');
      if (!left(until!, kLeaseMs)) storage.removeItem(name);
      else {
        let page = '';
        for (const word of words) {
          const end = pageEnd(word);
          if (end) page = word.slice(0, end);
          keys.push(end ? word : page + word);
        }
      }
    }
    return keys;
  };
  const write = (id: string, keys: string[]) => {
    own.set(id, keys);
    // Where even the spare room is too small the lease binds this page alone.
    storeSurely(storage, kLease + id, `${now() + kLeaseMs} ${written(keys)}`);
    return { id, keys };
  };
  return {
    held: () => new Set([...[...own.values()].flat(), ...elsewhere()]),
    isContested: (id) => elsewhere(id).some((key) => own.get(id)?.includes(key)),
    take: (keys) => write(newId(), keys),
    // A tilde sorts behind all that an id begins with.
    ask: (keys) => write(`~${newId()}`, keys),
    release(id) {
      own.delete(id);
      storage.removeItem(kLease + id);
      keepSpare(storage);
    },
    pause: (ms) => void tryStore(storage, kPause, String(now() + ms)),
    pausedMs: () => left(storage.getItem(kPause) ?? '', kRetryAfterMaxMs),
  };
}
