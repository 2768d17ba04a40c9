import type { FoldEvent } from '../engine/record.js';
import { parseTimestamp } from './timestamp.js';

/** One usable line of a file of events. */
export interface LineEvent extends FoldEvent {
  userId: string;
  anonymousId: string;
}

const kDepthMax = 16;
const kMessageIdBytes = 128;
const kTypes = new Set(['track', 'page', 'screen', 'identify', 'group', 'alias']);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Brackets inside brackets, outside of strings. */
function isTooDeep(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const letter = json[index];
    if (inString) {
      if (letter === '\\') index++;
      else if (letter === '"') inString = false;
    } else if (letter === '"') {
      inString = true;
    } else if (letter === '[' || letter === '{') {
      if (++depth > kDepthMax) return true;
    } else if (letter === ']' || letter === '}') {
      depth--;
    }
  }
  return false;
}

// A surrogate without its other half, as the text of a string or key.
const isWellFormed = (text: string) =>
  !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);

function mistakeIn(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'a number is too large';
  if (typeof value === 'string') return isWellFormed(value) ? undefined : 'not JSON: half a character';
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const mistake = mistakeIn(key) ?? mistakeIn(member);
    if (mistake) return mistake;
  }
  return;
}

function parsed(line: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(line);
  } catch {
    throw new Error('not JSON: invalid UTF-8');
  }
  if (isTooDeep(text)) throw new Error(`nested deeper than ${kDepthMax}`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON: ${(error as Error).message}`);
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

/** The event of a line; throws an Error that says why the line cannot be used. */
export function readLine(line: Uint8Array, number: number): LineEvent {
  const value = parsed(line);
  const mistake = mistakeIn(value);
  if (mistake) throw new Error(mistake);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('an event is an object');
  const event = value as Record<string, unknown>;
  const type = textOf(event.type);
  if (!kTypes.has(type)) throw new Error("'type' must be track, page, screen, identify, group or alias");
  if (type === 'track' && !textOf(event.event)) throw new Error("a track lacks its 'event'");
  const timestamp = parseTimestamp(event.timestamp);
  if (timestamp === undefined) throw new Error("'timestamp' must be ISO 8601 or milliseconds since 1970");
  const userId = textOf(event.userId);
  const anonymousId = textOf(event.anonymousId);
  if (!userId && !anonymousId) throw new Error("neither 'userId' nor 'anonymousId'");
  const messageId = textOf(event.messageId) || `row-${String(number).padStart(12, '0')}`;
  if (encoder.encode(messageId).length > kMessageIdBytes) {
    throw new Error(`'messageId' is longer than ${kMessageIdBytes} bytes`);
  }
  const root = (name: 'properties' | 'context' | 'traits') => {
    const member = event[name];
    return typeof member === 'object' && member !== null && !Array.isArray(member) ? { [name]: member } : {};
  };
  return {
    messageId,
    timestamp,
    type,
    event: type === 'track' ? textOf(event.event) : undefined,
    userId,
    anonymousId,
    ...root('properties'),
    ...root('context'),
    ...root('traits'),
  };
}
