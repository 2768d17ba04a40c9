import type { Journal } from './journal.js';
import type { Leases } from './leases.js';
import {
  kBatchBytes,
  kBatchEvents,
  kCompressBytes,
  kKeepaliveBytes,
  kLeaseMs,
  kLeavingMs,
  kRefusedMs,
  kRequestMs,
  kRetryFirstMs,
  kRetryMaxMs,
  kSeenMs,
  kUnreadableMax,
} from './limits.js';
import type { Lock } from './lock.js';
import type { Claim, Outbox } from './outbox.js';
import { type Answer, packed, type Send } from './transport.js';
import type { Dropped, Event, Sent } from './types.js';

export interface DeliveryParts {
  journal: Journal;
  leases: Leases;
  lock: Lock;
  outbox: Outbox;
  send: Send;
  /** For a page's last request where the browser's fetch cannot outlive the page; true if it was taken. */
  beacon?(body: string): boolean;
  /** Brings back what the journal keeps elsewhere; whether there is more to send now. */
  borrow(): Promise<boolean>;
  /** Called before acknowledged events leave the journal. */
  beforeAcknowledge(events: Event[]): void;
  onSent(sent: Sent): void;
  onDropped(dropped: Dropped): void;
  flushAt: number;
  flushAfterMs: number;
}

/** Brings the journal to the collector: leased batches, retried until acknowledged, each event in one request at a time. */
export interface Delivery {
  /** An event was journaled: it leaves soon. */
  notice(): void;
  /** Sends what there is, now. */
  flush(): Promise<number>;
  /** The same, unless the collector asked for a pause that is not over: then at its end. */
  due(): void;
  /**
   * The page goes: one request, nothing is awaited, no lock is taken, and until `resume` nothing more is sent. Offline nothing
   * would arrive, and leases would only hold up the next page: they are given back.
   */
  farewell(online: boolean): void;
  /** The page is back, from the back-forward cache. */
  resume(): void;
  /** The address is this project's collector, which unpacks what is compressed. */
  known(): void;
  /** No timer runs any more. */
  stop(): void;
}

const isFinal = (status: number) => status === 400 || status === 413;
const isRefusal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429;

export function delivery(parts: DeliveryParts): Delivery {
  const { journal, leases } = parts;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt = Infinity;
  let failures = 0;
  let waiting = 0;
  let flying = 0;
  let eventsMax = kBatchEvents;
  let unreadable = 0;
  let compress = false;
  // The lease of what is not on its way yet.
  let pending: string | undefined;
  let gone = false;
  let blockedUntil = 0;
  let releasing = 0;
  const inFlight = new Set<string>();
  let running: Promise<number> = Promise.resolve(0);
  let queued: Promise<number> | undefined;

  const disarm = () => {
    clearTimeout(timer);
    timerAt = Infinity;
  };
  const flushIn = (ms: number) => {
    const at = performance.now() + ms;
    if (at >= timerAt) return;
    disarm();
    timerAt = at;
    timer = setTimeout(() => {
      timerAt = Infinity;
      self.due();
    }, ms);
  };

  const acknowledge = (claim: Claim, answer: Answer) => {
    const rejected = new Map((answer.rejected ?? []).map((verdict) => [verdict.index, verdict]));
    parts.beforeAcknowledge(claim.events);
    journal.remove(claim.keys);
    const messageIds: string[] = [];
    claim.events.forEach(({ messageId }, index) => {
      const verdict = rejected.get(index);
      if (!verdict) messageIds.push(messageId);
      else parts.onDropped({ reason: 'rejected', messageId, code: verdict.code, message: verdict.message });
    });
    if (messageIds.length) parts.onSent({ messageIds });
    return messageIds.length;
  };

  /**
   * A batch that cannot be read: halves are tried, until the one event that cannot be sent is found and given up. False when
   * one event after another comes back: then it is the address that is wrong, not the events.
   */
  const narrow = (claim: Claim, status: number) => {
    if (claim.events.length > 1) {
      eventsMax = claim.events.length >> 1;
      return true;
    }
    if (++unreadable > kUnreadableMax) return false;
    journal.remove(claim.keys);
    const reason = status === 413 ? 'too_large' : 'rejected';
    parts.onDropped({ reason, messageId: claim.events[0]!.messageId, code: String(status) });
    return true;
  };

  const pauseAfter = (answer: Answer) => {
    failures++;
    if (isRefusal(answer.status)) {
      console.error(
        `desirepath: the collector answers ${answer.status}; check url and writeKey. Events are kept.`,
      );
      blockedUntil = performance.now() + kRefusedMs;
      return kRefusedMs;
    }
    const pause = Math.min(kRetryMaxMs, kRetryFirstMs * 2 ** Math.min(failures - 1, 10));
    const { retryAfterMs } = answer;
    if (retryAfterMs === undefined) return pause * (0.5 + Math.random() / 2);
    leases.pause(retryAfterMs);
    return retryAfterMs * (1 + Math.random() / 10);
  };

  /** What `work` resolves to; undefined when the page went meanwhile and gave the lease back. */
  const meanwhile = async <T>(lease: string, work: Promise<T>) => {
    pending = lease;
    const result = await work;
    if (pending !== lease) return;
    pending = undefined;
    return result;
  };

  /** A browser that is leaving the page fails its requests a moment before it says so, and yet they arrive. */
  const releaseSoon = (id: string) => {
    releasing++;
    setTimeout(() => {
      releasing--;
      if (!gone) leases.release(id);
    }, kLeavingMs);
  };

  /** One request: events acknowledged, and whether to go on with the next. Up to the request itself nothing is awaited. */
  const deliver = async (claim: Claim, body: string | Blob): Promise<[number, boolean]> => {
    const keepalive = flying + claim.bytes <= kKeepaliveBytes;
    if (keepalive) flying += claim.bytes;
    inFlight.add(claim.id);
    const answer = await parts.send(body, keepalive, claim.syncs);
    inFlight.delete(claim.id);
    if (keepalive) flying -= claim.bytes;
    let sent = 0;
    let goOn = true;
    if (answer.status >= 200 && answer.status < 300) {
      failures = unreadable = blockedUntil = 0;
      compress = !!answer.ours;
      eventsMax = Math.min(kBatchEvents, eventsMax * 2);
      sent = acknowledge(claim, answer);
    } else {
      compress = false;
      goOn = isFinal(answer.status) && narrow(claim, answer.status);
    }
    if (answer.status) leases.release(claim.id);
    else releaseSoon(claim.id);
    if (!goOn) {
      disarm();
      flushIn(pauseAfter(answer));
    }
    return [sent, goOn];
  };

  const next = (of: 'mine' | string[]) =>
    gone ? undefined : parts.outbox({ events: eventsMax, bytes: kBatchBytes, of });

  const others = () => {
    if (gone) return;
    const held = leases.held();
    const keys = journal.keys().filter((key) => !journal.isMine(key) && !held.has(key));
    return keys.length ? leases.ask(keys.slice(0, eventsMax)) : undefined;
  };

  /**
   * Of what other pages made: they may be gone, or about to send it. What another page did is seen only after a while, so a lease
   * is asked for, and when any page that did not see it has itself been seen, nobody else may have one, nor have brought the events
   * home.
   */
  const adopt = async (): Promise<Claim | undefined> => {
    const asked = await parts.lock(others).catch(others);
    if (!asked) return;
    const since = performance.now();
    const seen = new Promise<boolean>((resolve) => setTimeout(resolve, 2 * kSeenMs, true));
    if (!(await meanwhile(asked.id, seen))) return;
    const isOurs = !leases.isContested(asked.id) && asked.keys.every((key) => journal.read(key) !== null);
    // A hidden page's timers are late, up to a minute: the lease may end before the request would.
    const isLate = performance.now() - since > kLeaseMs - kRequestMs;
    const claim = isOurs && !isLate ? next(asked.keys) : undefined;
    leases.release(asked.id);
    return isOurs || isLate ? claim : adopt();
  };

  const run = async () => {
    disarm();
    // Nothing is written for nothing, a lock's key least of all.
    if (!journal.size()) return 0;
    waiting = 0;
    let sent = 0;
    let due = journal.size();
    // A lock asked for by a page that goes would be granted in the back-forward cache, and end its stay there.
    while (!gone) {
      const claim = next('mine') ?? (await adopt());
      if (!claim) {
        if (!gone && (await parts.borrow())) continue;
        // What is left is leased by a page that may be gone; nobody else would come back for it.
        if (journal.size() && !gone) flushIn(releasing ? kLeavingMs : kLeaseMs);
        break;
      }
      const body =
        compress && claim.bytes > kCompressBytes ? await meanwhile(claim.id, packed(claim.body)) : claim.body;
      if (!body) break;
      const [acknowledged, goOn] = await deliver(claim, body);
      sent += acknowledged;
      if (!goOn) break;
      due -= claim.keys.filter((key) => journal.read(key) === null).length;
      // What came in the meantime waits for company of its own: one event a request would cost both sides.
      if (due <= 0 && waiting && waiting < parts.flushAt) {
        flushIn(parts.flushAfterMs);
        break;
      }
    }
    return sent;
  };

  const self: Delivery = {
    stop: disarm,
    known() {
      compress = true;
    },
    notice() {
      if (failures) return;
      flushIn(++waiting >= parts.flushAt ? 0 : parts.flushAfterMs);
    },
    resume() {
      gone = false;
      self.due();
    },
    due() {
      const paused = Math.max(blockedUntil - performance.now(), leases.pausedMs());
      if (paused > 0) flushIn(paused);
      else if (journal.size()) self.flush();
    },
    flush() {
      if (!queued) {
        queued = running.then(() => {
          queued = undefined;
          running = run();
          return running;
        });
      }
      return queued;
    },
    farewell(online) {
      gone = true;
      if (pending) leases.release(pending);
      pending = undefined;
      if (!online) {
        for (const id of inFlight) leases.release(id);
        return;
      }
      if (leases.pausedMs()) return;
      const bytes = kKeepaliveBytes - flying;
      const claim = parts.outbox({ events: journal.size(), bytes, of: 'all' });
      if (claim && (claim.syncs || !parts.beacon?.(claim.body))) deliver(claim, claim.body);
    },
  };
  return self;
}
