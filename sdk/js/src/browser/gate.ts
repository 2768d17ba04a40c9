import type { Moment } from '../core/capture.js';
import type { Categories, Consent } from '../core/consent.js';
import { kHeldCalls } from '../core/limits.js';
import type { Event, EventType, HeldCall } from '../core/types.js';
import { heldCall } from './held.js';

/** What consent lets through: calls go on, are dropped, or wait in memory until the visitor has decided. */
export interface Gate {
  /** undefined while the visitor has not been asked and must be */
  isOpen(): boolean | undefined;
  call(type: EventType, values: unknown[], moment?: Moment): Event | undefined | Promise<Event | undefined>;
  /** Keeps the choice; a grant lets through what waits, with its own times, a refusal drops it. */
  set(categories: Categories): void;
}

type Pass = (type: EventType, values: unknown[], moment?: Moment) => Event | undefined;

export function gate(
  consent: Consent,
  category: string,
  isRequired: boolean,
  pass: Pass,
  onDropped: () => void,
): Gate {
  const waiting: [HeldCall, (event?: Event) => void][] = [];
  const self: Gate = {
    isOpen: () => consent.get()?.[category] ?? (isRequired ? undefined : true),
    call(type, values, moment) {
      const open = self.isOpen();
      if (open) return pass(type, values, moment);
      if (open === false || waiting.length >= kHeldCalls) {
        onDropped();
        return;
      }
      return new Promise((resolve) => {
        const call = heldCall(type, values);
        if (moment) call.splice(2, 4, moment.time, moment.page.url, moment.page.title, moment.page.referrer);
        waiting.push([call, resolve]);
      });
    },
    set(categories) {
      consent.set(categories);
      if (self.isOpen() === undefined) return;
      for (const [[method, values, time, url, title, referrer], resolve] of waiting.splice(0)) {
        const event = self.call(method as EventType, values, { time, page: { url, title, referrer } });
        resolve(event as Event | undefined);
      }
    },
  };
  return self;
}
