const kPattern =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):?(\d\d))?$/;
/** The latest time a state can hold. */
const kTimeMaxMs = 2 ** 48 - 2;

/**
 * `YYYY-MM-DD[T ]HH:MM[:SS[.f+]][Z|±HH[:]MM]` (no zone: UTC) or a number of milliseconds, as whole milliseconds since 1970; what is below the
 * millisecond is cut off. Undefined for anything else, also for days a month does not have.
 */
export function parseTimestamp(value: unknown): number | undefined {
  if (typeof value === 'number') {
    const time = Math.trunc(value);
    return time >= 0 && time <= kTimeMaxMs ? time : undefined;
  }
  const found = typeof value === 'string' ? kPattern.exec(value) : null;
  if (!found) return;
  const [year, month, day, hour, minute] = found.slice(1, 6).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const second = Number(found[6] ?? 0);
  const ms = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const hours = Number(found[9] ?? 0);
  const minutes = Number(found[10] ?? 0);
  if (year < 1970 || hour > 23 || minute > 59 || second > 59 || hours > 23 || minutes > 59) return;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return;
  const offset = (found[8] === '-' ? -1 : 1) * (hours * 60 + minutes);
  const time = date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms;
  return time < 0 ? undefined : time;
}
