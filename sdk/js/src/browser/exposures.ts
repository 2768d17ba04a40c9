import { kExposedIds } from '../core/limits.js';
import { type KeyValues, readJson, tryStore } from '../core/storage.js';
import type { Assignment, Decision, Fields } from '../core/types.js';

const kExposed = 'dp.x';
const kAssigned = 'dp.a';
export const kExposureEvent = 'Decision Exposed';
export const kAssignmentEvent = 'Experiment Assigned';

function isFirst(storage: KeyValues, key: string, id: string): boolean {
  const ids = readJson<string[]>(storage, key) ?? [];
  if (ids.includes(id)) return false;
  tryStore(storage, key, JSON.stringify([...ids, id].slice(-kExposedIds)));
  return true;
}

/** True the first time this device asks about a decision, whichever tab or page view asks. */
export const firstExposure = (storage: KeyValues, decisionId: string): boolean =>
  isFirst(storage, kExposed, decisionId);

/** The same of an experiment. */
export const firstAssignment = (storage: KeyValues, experiment: string): boolean =>
  isFirst(storage, kAssigned, experiment);

/** When another person begins. */
export function forgetExposures(storage: KeyValues): void {
  storage.removeItem(kExposed);
  storage.removeItem(kAssigned);
}

/** The fact that a decision was shown, as properties of its event. */
export function exposureFields(decision: Decision): Fields {
  const { decisionId, trigger, purpose, promise, channel, slot, treatment } = decision;
  return {
    decisionId,
    trigger,
    ...(purpose && { purpose }),
    ...(promise && { promise }),
    channel,
    ...(slot && { slot }),
    ...(treatment && { treatment }),
  };
}

/** The fact of a person's place in an experiment. */
export const assignmentFields = ({ experiment, treatment, holdout, unit }: Assignment): Fields => ({
  experiment,
  treatment,
  holdout,
  unit,
});
