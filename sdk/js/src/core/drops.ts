import { type KeyValues, readJson, storeSurely } from './storage.js';
import type { DropReason } from './types.js';

const kDrops = 'dp.d';

/** Tells the collector of events it will never see: how many, by reason. */
export const kDroppedEvent = 'Events Dropped';

/** What the collector did not decide, and the site did not ask for. */
const kTold: DropReason[] = ['overflow', 'expired', 'too_large', 'invalid'];

/** Counts on this device what was given up, over pages, until it is told. */
export interface Drops {
  count(reason: DropReason): void;
  /** The counts by reason, once; undefined for none. */
  take(): Record<string, number> | undefined;
}

export function drops(storage: KeyValues): Drops {
  // What storage does not take.
  let own: Record<string, number> | undefined;
  return {
    count(reason) {
      if (!kTold.includes(reason)) return;
      const counts = own ?? readJson<Record<string, number>>(storage, kDrops) ?? {};
      counts[reason] = (counts[reason] || 0) + 1;
      own = storeSurely(storage, kDrops, JSON.stringify(counts)) ? undefined : counts;
    },
    take() {
      const counts = own ?? readJson<Record<string, number>>(storage, kDrops) ?? undefined;
      own = undefined;
      if (counts) storage.removeItem(kDrops);
      return counts;
    },
  };
}
