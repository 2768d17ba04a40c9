import type { Moment } from '../core/capture.js';
import type { Consent } from '../core/consent.js';
import { kHeldCalls } from '../core/limits.js';
import type { Event, EventType } from '../core/types.js';

/** What consent lets through: calls go on, are dropped, or wait in memory until the visitor has decided. */
export interface Gate {
  /** undefined while the visitor has not been asked and must be */
  isOpen(): boolean | undefined;
  call(type: EventType, values: unknown[], moment?: Moment): Event | undefined | Promise<Event | undefined>;
  /** The visitor may have chosen: a grant lets through what waits, with its own times, a refusal drops it. */
  settle(): void;
}

type Pass = (type: EventType, values: unknown[], moment?: Moment) => Event | undefined;

export function gate(
  consent: Consent,
  category: string,
  isRequired: boolean,
  here: () => Moment,
  pass: Pass,
  onDropped: () => void,
): Gate {
  const waiting: [EventType, unknown[], Moment, (event?: Event) => void][] = [];
  const self: Gate = {
    isOpen: () => consent.get()?.[category] ?? (isRequired ? undefined : true),
    call(type, values, moment) {
      const open = self.isOpen();
      if (open) return pass(type, values, moment);
      if (open === false || waiting.length >= kHeldCalls) {
        onDropped();
        return;
      }
      return new Promise((resolve) => waiting.push([type, values, moment ?? here(), resolve]));
    },
    settle() {
      if (self.isOpen() === undefined) return;
      for (const [type, values, moment, resolve] of waiting.splice(0)) {
        resolve(self.call(type, values, moment) as Event | undefined);
      }
    },
  };
  return self;
}
