/** Fills the array with random bytes, as crypto.getRandomValues does. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => void;

/** `length` characters of 0-9a-z, about five bits each. */
export function randomText(random: RandomSource, length: number): string {
  const bytes = new Uint8Array(length);
  random(bytes);
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('');
}

/** Milliseconds as nine characters that sort as the number does, until the year 5188. */
export const time36 = (time: number): string => Math.max(0, time).toString(36).padStart(9, '0');

/**
 * Makes message ids of eighteen characters that sort by creation: time, counter within one time, random.
 * Calls with rising times give rising ids.
 */
export function messageIds(random: RandomSource): (time: number) => string {
  let last = 0;
  let counter = 0;
  return (time) => {
    counter = time === last ? counter + 1 : 0;
    last = time;
    return time36(time) + counter.toString(36).padStart(2, '0') + randomText(random, 7);
  };
}
