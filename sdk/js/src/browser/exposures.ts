import { kExposedIds } from '../core/limits.js';
import { type KeyValues, readJson, tryStore } from '../core/storage.js';
import type { Decision, Fields } from '../core/types.js';

const kExposed = 'dp.x';
export const kExposureEvent = 'Decision Exposed';

/** True the first time this device asks about a decision, whichever tab or page view asks. */
export function firstExposure(storage: KeyValues, decisionId: string): boolean {
  const ids = readJson<string[]>(storage, kExposed) ?? [];
  if (ids.includes(decisionId)) return false;
  tryStore(storage, kExposed, JSON.stringify([...ids, decisionId].slice(-kExposedIds)));
  return true;
}

/** The fact that a decision was shown, as properties of its event. */
export function exposureFields({ decisionId, trigger, purpose, promise, channel, slot }: Decision): Fields {
  return {
    decisionId,
    trigger,
    ...(purpose && { purpose }),
    ...(promise && { promise }),
    channel,
    ...(slot && { slot }),
  };
}
