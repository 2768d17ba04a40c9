import { kConsentEvent, type Moment } from '../core/capture.js';
import type { Consent } from '../core/consent.js';
import { type KeyValues, keysWith } from '../core/storage.js';
import type { Categories, Fields } from '../core/types.js';
import type { Gate } from './gate.js';

/** What a withdrawal of consent leaves on the device. */
const kKept = /^dp\.([chor]$|lock|[ql]\.)/;

export interface ChoosingParts {
  consent: Consent;
  gate: Gate;
  storage: KeyValues;
  track(event: string, properties: Fields, moment?: Moment): void;
  /** Consent came. `wasRefused`: after it had been refused on this page. */
  open(wasRefused: boolean): void;
  /** It was taken back: what is known in memory goes, before the device's storage is emptied. */
  forget(): void;
  /** Sends what may still leave. */
  flush(): void;
}

/** Acts on what the visitor allows, whichever tab was told. */
export interface Choosing {
  /** The page begins; whether consent is there. */
  begin(): boolean;
  set(categories: Categories, moment?: Moment): void;
  /** Somebody has chosen. */
  settle(): void;
}

export function choosing(parts: ChoosingParts): Choosing {
  const { consent, gate, storage } = parts;
  let isOpen = false;
  let wasRefused = false;
  const weigh = () => {
    const answer = gate.isOpen();
    isOpen = !!answer;
    wasRefused ||= answer === false;
    return isOpen;
  };
  const self: Choosing = {
    begin() {
      const open = weigh();
      if (open) parts.open(wasRefused);
      return open;
    },
    set(categories, moment) {
      const before = gate.isOpen();
      consent.set(categories);
      // A refusal is the last that is told, with the choice in its context; a grant the first.
      if (before || gate.isOpen()) parts.track(kConsentEvent, {}, moment);
      self.settle();
    },
    settle() {
      const before = isOpen;
      weigh();
      gate.settle();
      if (isOpen && !before) parts.open(wasRefused);
      if (isOpen || !before) return;
      parts.forget();
      for (const key of keysWith(storage, 'dp.')) if (!kKept.test(key)) storage.removeItem(key);
      parts.flush();
    },
  };
  return self;
}
