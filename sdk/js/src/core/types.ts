/** A JSON object as callers hand it over; what JSON cannot carry is left out, as JSON.stringify does. */
export type Fields = Record<string, unknown>;

export type EventType = 'track' | 'page' | 'screen' | 'identify' | 'group' | 'alias';

/** One event of the Segment spec, as the journal keeps it; `timestamp` is milliseconds since 1970 UTC. */
export interface Event {
  messageId: string;
  timestamp: number;
  type: EventType;
  event?: string;
  name?: string;
  category?: string;
  userId?: string;
  anonymousId?: string;
  groupId?: string;
  previousId?: string;
  properties?: Fields;
  traits?: Fields;
  context?: Fields;
  integrations?: Fields;
}

/** The last object argument of a call. */
export interface CallOptions {
  timestamp?: number | string | Date;
  context?: Fields;
  integrations?: Fields;
  anonymousId?: string;
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

/** Why an event was given up. */
export type DropReason = 'overflow' | 'expired' | 'rejected' | 'too_large' | 'invalid' | 'consent' | 'plugin';

export interface Dropped {
  reason: DropReason;
  messageId?: string;
  code?: string;
  message?: string;
}

export interface Sent {
  messageIds: string[];
}

/** One proposal or suppression of the engine. */
export interface Decision {
  decisionId: string;
  trigger: string;
  outcome: 'fired' | 'suppressed';
  reason: string | null;
  timestamp: number;
  anchor: string;
  channel: string;
  slot: string | null;
  purpose: string | null;
  promise: string | null;
  /** what an experiment chose for the person, null outside of one */
  treatment: string | null;
  /** shared and frozen; null for what was held back */
  content: Fields | null;
}

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

export interface Topics {
  sent: Sent;
  dropped: Dropped;
  decision: Decision;
  exposure: Decision;
  stage: StageMove;
}

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
