import { kReservationMs, kReservations } from '../core/limits.js';
import { type KeyValues, readJson, tryStore } from '../core/storage.js';
import type { Fields } from '../core/types.js';

const kReserved = 'dp.v';

interface Reservation {
  decisionId: string;
  until: number;
  /** properties of the effect fact it stands for */
  fields: Fields;
}

/**
 * What some tab of this device proposes and nobody has seen yet. Until it is seen or taken back, for half an hour at most, it counts for the
 * other tabs as if it had been shown. The list is one storage key; whoever changes it has the lock, or takes back what is its own.
 */
export interface Reservations {
  /** Effect facts of all that is reserved but for this decision. */
  others(decisionId: string): Fields[];
  take(decisionId: string, fields: Fields): void;
  release(decisionIds: string[]): void;
}

export function reservations(storage: KeyValues, now: () => number): Reservations {
  const read = (): Reservation[] => {
    const kept = readJson<Reservation[]>(storage, kReserved);
    const time = now();
    const binds = ({ until }: Reservation) => until > time && until <= time + kReservationMs;
    return Array.isArray(kept) ? kept.filter((one) => one && binds(one)) : [];
  };
  const write = (list: Reservation[]) => {
    if (list.length) tryStore(storage, kReserved, JSON.stringify(list.slice(-kReservations)));
    else storage.removeItem(kReserved);
  };
  const without = (ids: string[]) => read().filter(({ decisionId }) => !ids.includes(decisionId));
  return {
    others: (decisionId) => without([decisionId]).map(({ fields }) => fields),
    take: (decisionId, fields) =>
      write([...without([decisionId]), { decisionId, until: now() + kReservationMs, fields }]),
    release(decisionIds) {
      if (decisionIds.length && storage.getItem(kReserved)) write(without(decisionIds));
    },
  };
}
