import { addresses } from '../core/addresses.js';
import { kConsentEvent } from '../core/capture.js';
import { type Delivery, delivery } from '../core/delivery.js';
import { drops } from '../core/drops.js';
import type { Files } from '../core/files.js';
import { type RandomSource, randomText } from '../core/ids.js';
import { type Journal, journal } from '../core/journal.js';
import { type Leases, leases } from '../core/leases.js';
import type { Lock } from '../core/lock.js';
import { outbox } from '../core/outbox.js';
import { type Overflow, overflow } from '../core/overflow.js';
import type { KeyValues } from '../core/storage.js';
import { fetchSend } from '../core/transport.js';
import type { Dropped, Event, Sent } from '../core/types.js';
import type { ResolvedOptions } from './options.js';
import type { Syncing } from './syncing.js';

export interface OutgoingParts {
  options: ResolvedOptions;
  storage: KeyValues;
  files: Files;
  lock: Lock;
  /** names this page among those of the device */
  tab: string;
  random: RandomSource;
  now(): number;
  /** Whether consent lets anything but a choice out. */
  isOpen(): boolean | undefined;
  /** What a batch says besides its events, where the site signs its visitors in. */
  syncing: Syncing | undefined;
  beforeAcknowledge(events: Event[]): void;
  onSent(sent: Sent): void;
  onDropped(dropped: Dropped): void;
  /** To be told to the collector: how many events it will never see, by reason. */
  onLost(counts: Record<string, number>): void;
}

/** The way of an event from this page to the collector. */
export interface Outgoing {
  journal: Journal;
  overflow: Overflow;
  leases: Leases;
  delivery: Delivery;
  /** An event is given up. */
  drop(dropped: Dropped): void;
  /** How many were, since the last time this was asked. */
  takeDropped(): number;
}

export function outgoing(parts: OutgoingParts): Outgoing {
  const { options, storage, files, tab, random, now, isOpen, syncing } = parts;
  const leased = leases(storage, now, () => randomText(random, 8));
  const beyond = overflow(
    storage,
    options.storage === 'memory' || typeof options.storage === 'object'
      ? undefined
      : async (inMemory) =>
          (await files.module('shelf')).keep({
            storage,
            inMemory,
            leased: leased.held,
            borrower: tab,
            now,
            elapsed: () => performance.now(),
          }),
  );
  const queue = journal(storage, tab, beyond);
  const lost = drops(storage);
  let dropped = 0;
  const drop = (one: Dropped) => {
    dropped++;
    if (isOpen()) lost.count(one.reason);
    parts.onDropped(one);
  };
  const collector = addresses(options.batchUrls, storage);
  const send = fetchSend(collector, options.syncUrl, now);
  return {
    journal: queue,
    overflow: beyond,
    leases: leased,
    delivery: delivery({
      journal: queue,
      leases: leased,
      lock: parts.lock,
      outbox: outbox({
        journal: queue,
        leases: leased,
        now,
        format: options.format ?? 'compact',
        onDropped: drop,
        isAllowed: ({ event }) => event === kConsentEvent || isOpen(),
        members: () => syncing?.members(),
      }),
      async send(body, keepalive, syncs) {
        const answer = await send(body, keepalive, syncs);
        if (syncs && answer.json) syncing?.take(answer.json, syncs);
        return answer;
      },
      beacon: (body) =>
        !('keepalive' in Request.prototype) && navigator.sendBeacon(collector.current(), body),
      borrow: beyond.borrow,
      beforeAcknowledge: parts.beforeAcknowledge,
      onSent(sent) {
        parts.onSent(sent);
        const counts = isOpen() && lost.take();
        if (counts) parts.onLost(counts);
      },
      onDropped: drop,
      flushAt: options.flushAt ?? 20,
      flushAfterMs: options.flushAfterMs ?? 1000,
    }),
    drop,
    takeDropped() {
      const count = dropped;
      dropped = 0;
      return count;
    },
  };
}
