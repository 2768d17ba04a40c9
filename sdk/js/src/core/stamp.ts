import { kClockSlipMs } from './limits.js';
import { type KeyValues, tryStore } from './storage.js';

const kLastTime = 'dp.t';

/**
 * Gives times that rise strictly on this device, across tabs. A remembered time more than five minutes ahead means the clock
 * was set back since: the clock of now is believed.
 */
export function stamps(storage: KeyValues, now: () => number): () => number {
  let own = 0;
  return () => {
    const present = Math.floor(now());
    const last = Math.max(own, Number(storage.getItem(kLastTime)) || 0);
    own = last >= present && last - present < kClockSlipMs ? last + 1 : present;
    tryStore(storage, kLastTime, String(own));
    return own;
  };
}
