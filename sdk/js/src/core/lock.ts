import { type RandomSource, randomText } from './ids.js';
import { type KeyValues, tryStore } from './storage.js';

/** Runs `work`, one tab at a time. `work` is synchronous, so a lock is never held for longer than a task. */
export type Lock = <T>(work: () => T) => Promise<T>;

const kLock = 'dp.lock';
/** A tab that died with the lock holds up the others for this long. */
const kLockMs = 2000;
/** Longer than a write takes to be seen by another tab. */
const kSettleMs = 20;

/** By the Web Locks API: the callback returns at once, so no lock crosses pagehide. */
export function webLock(locks: LockManager): Lock {
  return <T>(work: () => T) => locks.request('dp', () => work()) as Promise<T>;
}

/**
 * Where Web Locks are missing: a storage key names the holder and when it expires. A tab writes its name, waits until a rival's
 * write would be seen, and goes ahead if the name is still its own.
 */
export function storageLock(
  storage: KeyValues,
  random: RandomSource,
  now: () => number,
  pause: (ms: number) => Promise<void>,
): Lock {
  const holder = () => {
    const [until, name] = (storage.getItem(kLock) ?? '').split(' ');
    const left = Number(until) - now();
    return left > 0 && left <= kLockMs ? name : undefined;
  };
  return async (work) => {
    const name = randomText(random, 8);
    for (;;) {
      if (!holder()) {
        if (!tryStore(storage, kLock, `${now() + kLockMs} ${name}`)) return work();
        await pause(kSettleMs);
        if (holder() === name) break;
      }
      await pause(kSettleMs * (1 + Math.random()));
    }
    try {
      return work();
    } finally {
      if (holder() === name) storage.removeItem(kLock);
    }
  };
}
