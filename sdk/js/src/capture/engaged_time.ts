import { kActiveMs } from '../core/limits.js';

/** Milliseconds during which the page was visible and its visitor active: some input within the last `kActiveMs`. */
export interface EngagedTime {
  /** The visitor did something. */
  input(now: number): void;
  /** The page is visible from now on; coming to a page is doing something. */
  show(now: number): void;
  hide(now: number): void;
  /** What has gathered since it was last taken, if that is at least `least`; else 0, and it goes on gathering. */
  take(now: number, least: number): number;
}

/** Times are of one clock that never goes back. */
export function engagedTime(): EngagedTime {
  let visible = false;
  let weighed = 0;
  let activeUntil = 0;
  let gathered = 0;
  const weigh = (now: number) => {
    if (visible) gathered += Math.max(0, Math.min(now, activeUntil) - weighed);
    weighed = now;
  };
  const input = (now: number) => {
    weigh(now);
    activeUntil = now + kActiveMs;
  };
  return {
    input,
    show(now) {
      input(now);
      visible = true;
    },
    hide(now) {
      weigh(now);
      visible = false;
    },
    take(now, least) {
      weigh(now);
      const whole = Math.round(gathered);
      if (whole < least) return 0;
      gathered = 0;
      return whole;
    },
  };
}
