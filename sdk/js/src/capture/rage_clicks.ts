import { kRageClicks, kRageMs, kRagePx } from '../core/limits.js';

/** Whether a click, at a time in milliseconds and a place in CSS pixels, ends a row of clicks of anger. A row counts once. */
export function rageClicks(): (time: number, x: number, y: number) => boolean {
  let row: [number, number, number][] = [];
  return (time, x, y) => {
    row = [
      ...row.filter(
        ([since, ...at]) => time - since <= kRageMs && Math.hypot(x - at[0], y - at[1]) <= kRagePx,
      ),
      [time, x, y],
    ];
    if (row.length < kRageClicks) return false;
    row = [];
    return true;
  };
}
