import { type KeyValues, tryStore } from './storage.js';

const kAddress = 'dp.b';

/** Where batches go: several names of one path, because blockers list the guessable ones. Which one worked is remembered on the device. */
export interface Addresses {
  current(): string;
  /** The current one is blocked: the next is tried. False once all were, and the first is current again. */
  next(): boolean;
  /** The current one answers. */
  works(): void;
}

export function addresses(urls: string[], storage: KeyValues): Addresses {
  let best = Number(storage.getItem(kAddress)) % urls.length || 0;
  let tried = 0;
  const at = () => (best + tried) % urls.length;
  return {
    current: () => urls[at()]!,
    next() {
      tried = (tried + 1) % urls.length;
      return tried > 0;
    },
    works() {
      if (!tried) return;
      best = at();
      tried = 0;
      tryStore(storage, kAddress, String(best));
    },
  };
}
