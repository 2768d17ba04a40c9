import { byteLength, serialize } from './batch.js';
import type { Journal } from './journal.js';
import type { Lease, Leases } from './leases.js';
import { kEventAgeMs } from './limits.js';
import type { Dropped, Event, Fields, Format } from './types.js';

/** A batch whose events are leased to this page. */
export interface Claim extends Lease {
  events: Event[];
  body: string;
  bytes: number;
  /** the anonymousId of the sync that the body has members of */
  syncs?: string;
}

export interface ClaimLimits {
  events: number;
  bytes: number;
  /** This page's own, these keys, which are for this page to send, or, by its last request, all, the newest page's first. */
  of: 'mine' | 'all' | string[];
}

/** Picks journaled events that nobody is sending, leases them and writes the request's body. Synchronous. */
export type Outbox = (limits: ClaimLimits) => Claim | undefined;

const pageOf = (key: string) => key.slice(0, key.lastIndexOf('.'));

/** Keys of the newest page first; within a page, oldest first. */
function newestPageFirst(keys: string[]): string[] {
  return keys.sort((a, b) => (pageOf(a) === pageOf(b) ? (a < b ? -1 : 1) : pageOf(a) < pageOf(b) ? 1 : -1));
}

export interface OutboxParts {
  journal: Journal;
  leases: Leases;
  now(): number;
  format: Format;
  onDropped(dropped: Dropped): void;
  /** What consent says of sending the event; undefined: not now. */
  isAllowed(event: Event): boolean | undefined;
  /** What a sync says besides the events; undefined where none is wanted. */
  members(): Fields | undefined;
}

export function outbox(parts: OutboxParts): Outbox {
  const { journal, leases, now, format, onDropped, isAllowed, members } = parts;
  const open = (key: string): Event | false | undefined => {
    const text = journal.read(key);
    // Acknowledged by another tab in the meantime.
    if (text === null) return;
    let event: Event | undefined;
    try {
      event = JSON.parse(text);
    } catch {}
    const reason = !event?.messageId
      ? 'invalid'
      : isAllowed(event) === false
        ? 'consent'
        : // This page is not that old: it is the clock that was set.
          event.timestamp <= now() - kEventAgeMs && !journal.isOwn(key) && 'expired';
    if (!reason) return isAllowed(event!) && event;
    journal.remove([key]);
    onDropped({ reason, messageId: event?.messageId });
  };
  return (limits) => {
    const { of } = limits;
    const isLast = of === 'all';
    const held = leases.held();
    const free = Array.isArray(of)
      ? of
      : journal.keys(isLast).filter((key) => (isLast || journal.isMine(key)) && !held.has(key));
    if (isLast) newestPageFirst(free);
    let keys: string[] = [];
    let events: Event[] = [];
    let chars = 0;
    for (const key of free) {
      // Sharing what events have in common makes a body at most this much smaller than its events.
      if (events.length >= limits.events || chars > limits.bytes * 4) break;
      const event = open(key);
      if (!event) continue;
      keys.push(key);
      events.push(event);
      chars += journal.read(key)!.length;
    }
    while (events.length) {
      const wanted = members();
      // The anonymousId of a sync is that of its events too.
      const syncs = wanted?.anonymousId as string | undefined;
      const isOfOne = events.every(({ anonymousId }) => anonymousId === syncs);
      const body = serialize(events, now(), format, isOfOne ? wanted : undefined);
      const bytes = byteLength(body);
      if (bytes <= limits.bytes || (events.length === 1 && !isLast)) {
        return { ...leases.take(keys), events, body, bytes, syncs: isOfOne ? syncs : undefined };
      }
      const fitting = Math.min(events.length - 1, Math.floor((events.length * limits.bytes) / bytes));
      keys = keys.slice(0, fitting);
      events = events.slice(0, fitting);
    }
    return;
  };
}
