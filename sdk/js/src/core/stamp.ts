import { kClockSlipMs } from './limits.js';
import { type KeyValues, tryStore } from './storage.js';

const kLastTime = 'dp.t';

/** The times of a device's events. */
export interface Stamps {
  /**
   * Rises strictly on this device, across tabs. A remembered time more than five minutes ahead means the clock was set back since: the clock of
   * now is believed.
   */
  next(): number;
  /** The time before the one given last; 0 for none. */
  previous(): number;
}

export function stamps(storage: KeyValues, now: () => number): Stamps {
  const remembered = () => Number(storage.getItem(kLastTime)) || 0;
  let own = 0;
  let before: number | undefined;
  return {
    next() {
      const present = Math.floor(now());
      before = Math.max(own, remembered());
      own = before >= present && before - present < kClockSlipMs ? before + 1 : present;
      tryStore(storage, kLastTime, String(own));
      return own;
    },
    previous: () => before ?? remembered(),
  };
}
