/** A JSON object as callers hand it over; what JSON cannot carry is left out, as JSON.stringify does. */
export type Fields = Record<string, unknown>;

/** The six calls of the Segment spec. */
export type EventType = 'track' | 'page' | 'screen' | 'identify' | 'group' | 'alias';

/** One event of the Segment spec, as the journal keeps it; `timestamp` is milliseconds since 1970 UTC. */
export interface Event {
  /** sorts by creation; two events with one id are one event */
  messageId: string;
  /** when it happened, in milliseconds since 1970 UTC */
  timestamp: number;
  type: EventType;
  /** what happened, of a `track` */
  event?: string;
  /** which page or screen */
  name?: string;
  /** of which kind */
  category?: string;
  userId?: string;
  anonymousId?: string;
  groupId?: string;
  /** of an `alias`: the id that is now `userId` */
  previousId?: string;
  /** of what happened, or of the page */
  properties?: Fields;
  /** of the person, or of the group */
  traits?: Fields;
  /** the circumstance: page, campaign, locale, consent */
  context?: Fields;
  /** which destinations may have it, for endpoints that know the word */
  integrations?: Fields;
}

/** The last object argument of a call. */
export interface CallOptions {
  /** when it happened, if not now: milliseconds since 1970 UTC, ISO 8601, or a Date */
  timestamp?: number | string | Date;
  /** joins what is filled in, or takes its place */
  context?: Fields;
  /** which destinations may have it, for endpoints that know the word */
  integrations?: Fields;
  /** of this event alone; the device keeps its own */
  anonymousId?: string;
  /** your own, such as an order's number: repeated calls are one event */
  messageId?: string;
}

/** How events travel: `compact` shares what they have in common (this project's collector), `segment` repeats it. */
export type Format = 'compact' | 'segment';

/** What a visitor allows, by category. */
export type Categories = Record<string, boolean>;

/** What the page looked like when a call was made. */
export interface PageFacts {
  url: string;
  title: string;
  referrer: string;
}

/** A call that waits: method, arguments, Date.now(), location.href, document.title, document.referrer. */
export type HeldCall = [string, unknown[], number, string, string, string];

/**
 * Why an event was given up: no room to keep it, too old to send, refused by the collector, over 32 KiB, malformed, without consent, or by a
 * plugin's `before`.
 */
export type DropReason = 'overflow' | 'expired' | 'rejected' | 'too_large' | 'invalid' | 'consent' | 'plugin';

/** An event that was given up. */
export interface Dropped {
  reason: DropReason;
  /** absent where no event came to be */
  messageId?: string;
  /** the collector's, or the HTTP status */
  code?: string;
  /** what was wrong; of `plugin` its name */
  message?: string;
}

/** Events that the collector has acknowledged. */
export interface Sent {
  /** of the events, in the order they were journaled */
  messageIds: string[];
}

/** One proposal or suppression of the engine. */
export interface Decision {
  /** the same wherever the same is decided */
  decisionId: string;
  trigger: string;
  outcome: 'fired' | 'suppressed';
  /** why it was held back; null where it was not */
  reason: string | null;
  /** when it was decided, in milliseconds since 1970 UTC */
  timestamp: number;
  /** messageId of the event that fired it, or armed its wait */
  anchor: string;
  channel: string;
  /** of the page; null for other channels */
  slot: string | null;
  /** what it is for, null where the journey says none */
  purpose: string | null;
  /** the offer it makes, null where it makes none */
  promise: string | null;
  /** what an experiment chose for the person, null outside of one */
  treatment: string | null;
  /** shared and frozen; null for what was held back */
  content: Fields | null;
}

/** A person's move from one stage to another. */
export interface StageMove {
  /** null: a stage was left for none */
  stage: string | null;
  previous: string | null;
  timestamp: number;
  /** messageId of the event that moved, and which of the journey's rules it met */
  anchor: string;
  rule: number;
}

/** A person's place in an experiment, said once. */
export interface Assignment {
  experiment: string;
  treatment: string;
  /** the person is kept from what the treatment would have brought */
  holdout: boolean;
  /** the value that was hashed */
  unit: string;
  timestamp: number;
  /** messageId of the event that brought it */
  anchor: string;
}

/** What `on` hears of, and what a listener gets. */
export interface Topics {
  /** the collector has acknowledged them */
  sent: Sent;
  /** an event was given up, or never came to be */
  dropped: Dropped;
  /** the engine decided */
  decision: Decision;
  /** a decision was seen */
  exposure: Decision;
  /** the person moved */
  stage: StageMove;
}

/** What `flush` came to. */
export interface FlushResult {
  /** events the collector has acknowledged during this call */
  sent: number;
  /** events still journaled, on this device, by any tab */
  left: number;
  /** events given up since the last call, each reported by `dropped` */
  dropped: number;
}

/** What a hook answers: an event to go on with; nothing, for the one it was given, changed or not. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is declared so.
type Hooked = Event | undefined | void;

/**
 * Hooks on the way of each event, in the order plugins were used: every `before`, then every `enrich`, then the journal, then every
 * `after`. They are synchronous, because an event is in the journal when the call returns; what a hook has to wait for belongs
 * elsewhere: a promise it returns is ignored. A hook that throws is told of in the console, and the event goes on.
 */
export interface Plugin {
  /** of the plugin, for reports */
  name: string;
  /** Decides whether the event is to be: null drops it, with the reason `plugin`. It may change or replace it. */
  before?(event: Event): Hooked | null;
  /** Adds what no caller knows. It may change or replace the event, and cannot drop it. */
  enrich?(event: Event): Hooked;
  /** The event is journaled, as it is here; it will be delivered. */
  after?(event: Event): void;
}
