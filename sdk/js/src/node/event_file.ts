import { compareBytewise, compareEvents } from '../engine/order.js';
import { type LineEvent, readLine } from './event_line.js';

export interface ProfileEvent extends LineEvent {
  profile: string;
}

export interface EventFile {
  /** each event once, sorted by (profile, timestamp, messageId) */
  events: ProfileEvent[];
  /** `FILE:LINE: what`, of the lines left out */
  mistakes: string[];
}

const kNewline = 10;
const isBlank = (line: Uint8Array) => line.every((byte) => byte === 32 || byte === 9 || byte === 13);

/** Of events with the same stream (anonymousId, else userId) and messageId the first line counts. */
function withoutDuplicates(events: LineEvent[]): LineEvent[] {
  const seen = new Set<string>();
  return events.filter(({ anonymousId, userId, messageId }) => {
    const key = `${(anonymousId || userId).length} ${anonymousId || userId}${messageId}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** userId, else the first userId seen with the anonymousId anywhere in the file, else the anonymousId. */
function withProfiles(events: LineEvent[]): ProfileEvent[] {
  const identified = new Map<string, LineEvent>();
  for (const event of events) {
    if (!event.userId || !event.anonymousId) continue;
    const first = identified.get(event.anonymousId);
    if (!first || compareEvents(event, first) < 0) identified.set(event.anonymousId, event);
  }
  return events.map((event) => {
    const { userId, anonymousId } = event;
    return { ...event, profile: userId || identified.get(anonymousId)?.userId || anonymousId };
  });
}

/** Reads a file of Segment-spec objects, one a line. `name` is how mistakes call it. */
export function readEventFile(bytes: Uint8Array, name: string): EventFile {
  const lines: LineEvent[] = [];
  const mistakes: string[] = [];
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const found = bytes.indexOf(kNewline, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    start = end + 1;
    if (isBlank(line)) continue;
    try {
      lines.push(readLine(line, number));
    } catch (error) {
      mistakes.push(`${name}:${number}: ${(error as Error).message}`);
    }
  }
  const events = withProfiles(withoutDuplicates(lines));
  events.sort((a, b) => compareBytewise(a.profile, b.profile) || compareEvents(a, b));
  return { events, mistakes };
}
