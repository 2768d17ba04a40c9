import { type KeyValues, readJson, tryStore } from './storage.js';

const kNumbered = 'dp.k';

/**
 * Numbers a device's events from 1 on, over its tabs, as `context.seq`: what has been folded elsewhere can then be said in one number. Only
 * what is journaled has one; another anonymousId begins anew.
 */
export interface Numbering {
  next(anonymousId: string): number;
  /** The number was given. */
  take(anonymousId: string, number: number): void;
}

export function numbering(storage: KeyValues): Numbering {
  let own: [string, number] = ['', 0];
  return {
    next(anonymousId) {
      const last = [own, readJson<[string, number]>(storage, kNumbered)].map((given) =>
        given?.[0] === anonymousId ? Number(given[1]) || 0 : 0,
      );
      return Math.max(...last) + 1;
    },
    take(anonymousId, number) {
      own = [anonymousId, number];
      tryStore(storage, kNumbered, JSON.stringify(own));
    },
  };
}

/** The number of an event; 0 where it has none. */
export const numberOf = (event: { context?: Record<string, unknown> }): number =>
  Number(event.context?.seq) || 0;
