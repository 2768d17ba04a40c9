import type {
  CallOptions,
  Categories,
  Decision,
  Event,
  Fields,
  FlushResult,
  Plugin,
  Topics,
} from '../core/types.js';
import type { StateReport } from '../engine/engine.js';
import type { Explanation } from '../engine/explaining_engine.js';
import type { LoadOptions } from './options.js';

/** Called with the event once it is journaled. */
export type Callback = (event: Event) => void;

/** How every capture call ends: properties or traits, options, a callback; each may be left out. */
export type CallRest =
  | [body?: Fields | null, options?: CallOptions | null, callback?: Callback]
  | [body: Fields | null | undefined, callback: Callback]
  | [callback: Callback];

/** The event as it was journaled; undefined when it was dropped, which `on('dropped')` tells the reason of. */
export type Captured = Promise<Event | undefined>;

/** What `decide` answers. */
export type Proposal = Pick<Decision, 'decisionId' | 'trigger' | 'content' | 'reason'>;

/** A snapshot for people: panels, consoles, bug reports. */
export interface DebugReport {
  version: string;
  /** null until there is something to keep */
  anonymousId: string | null;
  userId: string | null;
  /** what the visitor chose on this device; null while nobody has */
  consent: Categories | null;
  /** events journaled on this device and not acknowledged */
  queued: number;
  /** null until a program runs */
  engine: StateReport | null;
  /** what is proposed for the page's slots */
  decisions: Decision[];
}

/**
 * The package's whole interface; the same object is `window.desirepath`. No method throws into the page but `load`. On a server every
 * method does nothing and holds nothing: promises resolve at once, questions are answered as for a visitor nobody knows.
 */
export interface Desirepath {
  /**
   * Starts. Calls made before are carried out now, with the time and page they were made at. A second call does nothing.
   * Throws where the write key is missing.
   */
  load(options: LoadOptions): Desirepath;
  /** Something happened: `track('Product Viewed', { sku: 'B-7' })`. */
  track(event: string, ...rest: CallRest): Captured;
  /** A page is seen: its name, or its category and its name. Address, title and referrer are filled in. */
  page(...rest: CallRest): Captured;
  page(name: string, ...rest: CallRest): Captured;
  page(category: string | null | undefined, name: string, ...rest: CallRest): Captured;
  /** As `page`, for a screen of an app. */
  screen(...rest: CallRest): Captured;
  screen(name: string, ...rest: CallRest): Captured;
  screen(category: string | null | undefined, name: string, ...rest: CallRest): Captured;
  /** Who this is, by your own id, and what is known of them. Another id than before begins a new anonymous person. */
  identify(...rest: CallRest): Captured;
  identify(userId: string | number | null | undefined, ...rest: CallRest): Captured;
  /** The company, household or team this person belongs to, and its traits. */
  group(groupId: string | number, ...rest: CallRest): Captured;
  /** This person is also known as `userId`; without `previousId` the anonymous person is. */
  alias(
    userId: string | number,
    ...rest:
      | [previousId?: string | number | null, options?: CallOptions | null, callback?: Callback]
      | [previousId: string | number | null | undefined, callback: Callback]
      | [options: CallOptions, callback?: Callback]
      | [callback: Callback]
  ): Captured;
  /** What the visitor allows, by category; kept on this device, over `reset`. */
  setConsent(categories: Categories): Promise<void>;
  /** A new anonymous person: sign-out, or a shared device. Consent is kept; events not yet sent keep their person. */
  reset(): Promise<void>;
  /** Sends what is journaled now. */
  flush(): Promise<FlushResult>;
  /** What is proposed for a slot in this page view. */
  decide(slot: string): Proposal | null;
  /**
   * Makes an element a slot, as `data-dp-slot` does in markup: for components of an application. `render`, if given, draws the content
   * itself; it is called with the content when a decision fills the slot, and with null when the default is back. Exposure is watched as
   * ever. Returns what ends it, to be called when the component goes.
   */
  slot(name: string, element: Element, render?: (content: Fields | null) => void): () => void;
  /** Whether the trait was given on this device, so that nobody is asked twice. */
  known(field: string): boolean;
  /**
   * Whether a form should ask for the field: what the journey's ask of it says (not known, its cap not used up, its condition holds; each
   * `Field Asked` with `field` counts), else that the trait is not known. False until the package knows.
   */
  shouldAsk(field: string): boolean;
  /** The field of the journey's asks to ask for next; null for none, or until the engine runs. */
  nextAsk(): string | null;
  /** The last decision on a trigger in this page view, fired or held back with its reason; null for none. */
  explain(trigger: string): Decision | null;
  /**
   * Which facts of a trigger hold now and which do not, and what arbitration would answer; with an event (as `track` resolves to) as if it
   * came now. Loads the explaining engine. Null for no such trigger, or where no engine runs.
   */
  explainFacts(trigger: string, event?: Event): Promise<Explanation | null>;
  /** Calls `listener` with each payload of the topic from now on. */
  on<T extends keyof Topics>(topic: T, listener: (payload: Topics[T]) => void): Desirepath;
  /** Ends what `on` began; without a listener, all of the topic. */
  off<T extends keyof Topics>(topic: T, listener?: (payload: Topics[T]) => void): Desirepath;
  /** Calls `run` and resolves once the engine decides, or it is clear that it will not in this page view. */
  ready(run?: () => void): Promise<void>;
  /** Takes a plugin, for every event from now on. */
  use(plugin: Plugin): Desirepath;
  /** A snapshot, null before `load`. `true` shows it on the page, kept current, `false` takes that away. */
  debug(panel?: boolean): DebugReport | null;
}
