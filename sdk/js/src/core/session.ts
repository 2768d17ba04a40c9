import { kClockSlipMs, kSessionGapMs } from './limits.js';
import { type KeyValues, tryStore } from './storage.js';
import type { Fields } from './types.js';

const kSession = 'dp.e';

/** What brought the visitor: campaign parameters and click ids of an address. */
const arrival = (url: string): string =>
  url
    .split('#')[0]!
    .split(/[?&]/)
    .filter((pair) => /^(utm_\w+|\w*clid)=./.test(pair))
    .join('&');

/**
 * The visit an event belongs to, over the tabs of a device, as members of its context: `sessionId`, the time it began in milliseconds, and
 * `sessionStart` on its first event. A new one begins after thirty minutes without an event and with a page that another campaign
 * brought; midnight ends none. (The engine's `session` facts come from the times of the events alone.)
 */
export interface Sessions {
  of(time: number, url: string | undefined): Fields;
  /** Another person: the next event begins a session. */
  reset(): void;
}

/** `previous`: the time of the event before. */
export function sessions(storage: KeyValues, previous: () => number): Sessions {
  let own = '';
  return {
    of(time, url = '') {
      const [start, from] = (storage.getItem(kSession) ?? own).split(' ');
      const brought = arrival(url);
      const silence = time - Math.max(Number(start), previous());
      // An event before this one from the future: the clock was set back since, and says nothing of silence.
      const goesOn =
        !!start && silence <= kSessionGapMs && silence > -kClockSlipMs && (!brought || brought === from);
      if (goesOn) return { sessionId: Number(start) };
      own = `${time} ${brought}`;
      tryStore(storage, kSession, own);
      return { sessionId: time, sessionStart: true };
    },
    reset() {
      own = '';
      storage.removeItem(kSession);
    },
  };
}
