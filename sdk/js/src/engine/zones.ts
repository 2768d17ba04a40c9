/** Rules of time zones as the engine takes them (ABI.md), from what this host knows of the world's zones. */

/** The table of the zones with these names; those the host does not know are left out. */
export type ZoneTables = (names: string[]) => Uint8Array;

const kMinuteMs = 60_000;
const kDayMs = 1440 * kMinuteMs;
/** The years a table covers. */
const kFrom = Date.UTC(2000, 0);
const kUntil = Date.UTC(2038, 0);
/** No zone's clocks have been set twice within this. */
const kStepMs = 7 * kDayMs;
const kNameBytes = 40;
const kChanges = 512;

/** As the engine takes names from events; none but the host's own data base knows the last two. */
const isName = (name: string) =>
  (name === 'UTC' || /^[A-Z][\w+/-]*$/.test(name)) &&
  (name === 'UTC' || name.includes('/')) &&
  name.length <= kNameBytes &&
  !/^(SystemV\/|US\/Pacific-New$)/i.test(name);

type OffsetAt = (time: number) => number;

/** Minutes east of UTC. Throws for a name that is none, or not spelt as the data base has it. */
function offsetsOf(name: string): OffsetAt {
  if (Intl.DateTimeFormat().resolvedOptions().timeZone === name) {
    const date = new Date();
    return (time) => {
      date.setTime(time);
      return -date.getTimezoneOffset();
    };
  }
  const format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  const { timeZone } = format.resolvedOptions();
  if (timeZone !== name && timeZone.toLowerCase() === name.toLowerCase()) throw new RangeError(name);
  return (time) => {
    const [, sign, hours, minutes] = format.format(time).match(/GMT([+-])(\d+):(\d+)/) ?? [];
    return sign ? Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) : 0;
  };
}

/** The minute of the only change between two times. */
function changeBetween(offsetAt: OffsetAt, before: number, after: number): number {
  const offset = offsetAt(before);
  let low = before / kMinuteMs;
  let high = after / kMinuteMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * kMinuteMs) === offset) low = middle;
    else high = middle;
  }
  return high;
}

/** A zone's part of a table: its words, and its name between the third and the fourth. */
function zoneWords(name: string): number[] | undefined {
  let offsetAt: OffsetAt;
  try {
    offsetAt = offsetsOf(name);
  } catch {
    return;
  }
  const first = offsetAt(kFrom);
  const changes: number[] = [];
  let before = first;
  for (let time = kFrom; time < kUntil; time += kStepMs) {
    const end = Math.min(time + kStepMs, kUntil - kMinuteMs);
    const after = offsetAt(end);
    if (after === before) continue;
    changes.push(changeBetween(offsetAt, time, end), after);
    before = after;
  }
  return [first, changes.length / 2, name.length, ...changes];
}

const known = new Map<string, number[]>();

function wordsOf(name: string): number[] | undefined {
  const words = known.get(name) ?? (isName(name) ? zoneWords(name) : undefined);
  if (words) known.set(name, words);
  return words;
}

/** Finds each zone's changes once, by bisection of what the host's calendar says. */
export const zoneTable: ZoneTables = (names) => {
  const zones = [...new Set(names)].flatMap((name) => {
    const words = wordsOf(name);
    return words && words[1]! <= kChanges ? [{ name, words }] : [];
  });
  const padded = (name: string) => Math.ceil(name.length / 4) * 4;
  const bytes = new Uint8Array(
    zones.reduce((size, { name, words }) => size + words.length * 4 + padded(name), 4),
  );
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (word: number) => {
    view.setInt32(at, word, true);
    at += 4;
  };
  put(zones.length);
  for (const { name, words } of zones) {
    words.slice(0, 3).forEach(put);
    for (let index = 0; index < name.length; index++) bytes[at + index] = name.charCodeAt(index);
    at += padded(name);
    words.slice(3).forEach(put);
  }
  return bytes;
};
