import { kLibrary } from '../core/batch.js';
import { capture, type Moment } from '../core/capture.js';
import { consent, kConsent } from '../core/consent.js';
import { kDroppedEvent } from '../core/drops.js';
import { type Emitter, guarded } from '../core/emitter.js';
import type { Files } from '../core/files.js';
import { hiddenParams } from '../core/hidden_params.js';
import { identity, kIdentity } from '../core/identity.js';
import { messageIds, randomText, time36 } from '../core/ids.js';
import { kQueue } from '../core/journal.js';
import { storageLock, webLock } from '../core/lock.js';
import { numbering, numberOf } from '../core/numbering.js';
import { sessions } from '../core/session.js';
import { stamps } from '../core/stamp.js';
import type { Change, KeyValues } from '../core/storage.js';
import type {
  CallOptions,
  Categories,
  Decision,
  Event,
  EventType,
  Fields,
  HeldCall,
  PageFacts,
  Plugin,
  Topics,
} from '../core/types.js';
import type { Explanation } from '../engine/explaining_engine.js';
import type { DebugReport } from './api.js';
import { choosing } from './choosing.js';
import { decisions } from './decisions.js';
import { forgetExposures } from './exposures.js';
import { gate } from './gate.js';
import { drainStub } from './held.js';
import { whenIdle } from './idle.js';
import { captureModules } from './modules.js';
import type { ResolvedOptions } from './options.js';
import { outgoing } from './outgoing.js';
import { asksForPanel, kDebug, type Watched } from './panel.js';
import type { Place } from './place.js';
import { hasPrivacyControl, refusedCategories } from './signals.js';
import type { Slots } from './slots.js';
import { syncing } from './syncing.js';

/** A started client. */
export interface Running {
  slots: Slots;
  /** A capture call, `setConsent`, `reset`, `flush` or `debug`; what it resolves to. */
  call(method: string, values: unknown[], moment?: Moment): unknown;
  /** The calls that an earlier page left, to be carried out before this page's own. */
  left(): HeldCall[];
  /** After the held calls: listeners, the engine, and the first delivery. */
  begin(): void;
  known(field: string): boolean;
  shouldAsk(field: string): boolean;
  nextAsk(): string | null;
  explain(trigger: string): Decision | null;
  explainFacts(trigger: string, event?: Event): Promise<Explanation | null>;
  report(): DebugReport;
}

const kCaptures = /^(track|page|screen|identify|group|alias)$/;

const now = Date.now;
const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
const complain = (error: unknown) => console.error('desirepath:', error);

/** Puts a client together: who the visitor is, what is captured, decided and sent, and what the page does meanwhile. */
export function start(
  options: ResolvedOptions,
  place: Place,
  storage: KeyValues,
  files: Files,
  events: Emitter<Topics>,
  plugins: Plugin[],
  onReady: () => void,
): Running {
  const lock = navigator.locks
    ? webLock(navigator.locks)
    : storageLock(storage, random, now, (ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  const viewing = place.views();
  const stamping = stamps(storage, now);
  const visits = sessions(storage, stamping.previous);
  const who = identity(storage, random, () => {
    visits.reset();
    forgetExposures(storage);
    decided.reset();
  });

  const allowed = consent(storage, refusedCategories(options), hasPrivacyControl());
  const consenting = gate(
    allowed,
    options.consentCategory,
    !!options.consentRequired,
    () => ({ time: now(), page: viewing.page() }),
    (type, values, moment) => capturing.call(type, values, moment),
    () => out.drop({ reason: 'consent' }),
  );

  const signedIn =
    options.identityToken &&
    syncing(
      {
        token: options.identityToken,
        now,
        url: options.syncUrl,
        journey: options.journey,
        person: () => (consenting.isOpen() ? who.peek() : undefined),
        lowestWaiting() {
          const numbers = journaled().map(numberOf).filter(Boolean);
          return numbers.length ? Math.min(...numbers) : undefined;
        },
        program: () => decided.decider.program(),
        rebase(state, seq) {
          decided.decider.rebase(state, seq);
          // What was proposed without it is asked about again.
          decided.proposing.resume();
        },
        learn: (fields) => who.learn(fields),
      },
      () => files.module('unify'),
    );

  const track = (event: string, properties: Fields, callOptions?: CallOptions, moment?: Moment) =>
    void capturing.emit('track', { event, properties }, callOptions, moment);
  const out = outgoing({
    options,
    storage,
    files,
    lock,
    tab: time36(now()) + randomText(random, 5),
    random,
    now,
    isOpen: consenting.isOpen,
    syncing: signedIn,
    beforeAcknowledge(sent) {
      const own = sent.filter(isOfPerson);
      if (own.length) decided.decider.acknowledged(own);
    },
    onSent: (sent) => events.emit('sent', sent),
    onDropped: (dropped) => events.emit('dropped', dropped),
    onLost: (counts) => track(kDroppedEvent, counts),
  });
  const isOfPerson = ({ anonymousId }: Event) => anonymousId === who.peek()?.anonymousId;
  const eventOf = (json: string | null): Event[] => {
    try {
      const event = JSON.parse(json as string);
      return event && isOfPerson(event) ? [event] : [];
    } catch {
      return [];
    }
  };
  const eventAt = (key: string) => eventOf(out.journal.read(key));
  const journaled = () => out.journal.keys().flatMap(eventAt);

  const decided = decisions({
    options,
    place,
    storage,
    files,
    lock,
    now,
    events,
    journaled,
    journaledAt: eventAt,
    keysElsewhere: () => out.journal.keys().filter((key) => !out.journal.isOwn(key)),
    track,
    onCollector: () => out.delivery.known(),
  });

  const hide = options.hideParams === false ? undefined : hiddenParams(options.hideParams ?? []);
  const circumstance = place.circumstance();
  const capturing = capture({
    identity: who,
    consent: allowed,
    journal: out.journal,
    stamp: stamping.next,
    sessions: visits,
    numbering: options.identityToken && numbering(storage),
    messageId: messageIds(random),
    page: viewing.page,
    circumstance,
    plugins,
    onPage: () => modules.endView(),
    redact(event) {
      hide?.(event);
      return options.redact ? options.redact(event) : event;
    },
    onDropped: out.drop,
    onJournaled(json, replayed) {
      for (const event of eventOf(json)) {
        const heldAt = replayed ? ((event.context?.page as PageFacts | undefined)?.url ?? '') : undefined;
        const isView = event.type === 'page' && viewing.begin(heldAt);
        if (isView) decided.proposing.beginView();
        decided.decider.fold(event, !replayed && event.type !== 'page');
        if (isView) decided.proposing.endView();
        modules.hear(event);
      }
      out.delivery.notice();
    },
  });
  const modules = captureModules({
    files,
    wanted: options.capture ?? {},
    storage,
    circumstance,
    track: (values, moment) => void consenting.call('track', values, moment),
    page: viewing.page,
  });

  let started: Promise<void> | undefined;
  const startEngine = () => {
    started = decided.decider.start().catch(complain);
    started.then(onReady);
  };
  const choices = choosing({
    consent: allowed,
    gate: consenting,
    storage,
    track: (event, properties, moment) => track(event, properties, {}, moment),
    open(wasRefused) {
      startEngine();
      modules.start(wasRefused);
      started!.then(signedIn?.sync).catch(complain);
      whenIdle(out.overflow.prepare);
    },
    forget() {
      modules.stop();
      visits.reset();
      decided.reset();
      who.forget();
    },
    flush: out.delivery.flush,
  });

  const tellPage = () => {
    if (options.capture?.pages && viewing.claim()) consenting.call('page', []);
  };
  const listen = () => {
    if (options.capture?.pages) viewing.onNavigation(tellPage);
    addEventListener('pagehide', () => {
      modules.leave();
      decided.proposing.leave();
      decided.decider.checkpoint();
      out.delivery.farewell(navigator.onLine !== false);
    });
    addEventListener('pageshow', ({ persisted }) => {
      if (!persisted) return;
      decided.decider.resume();
      decided.proposing.resume();
      viewing.restored();
      tellPage();
      out.delivery.resume();
    });
    addEventListener('online', () => {
      out.delivery.due();
      if (started) startEngine();
    });
    addEventListener('visibilitychange', () => {
      if (!place.isHidden()) return;
      modules.leave();
      decided.decider.checkpoint();
      out.delivery.due();
    });
    const changed = ({ key, newValue, oldValue }: Change) => {
      if (key?.startsWith(kQueue)) eventOf(newValue).forEach(decided.decider.foldForeign);
      else if (key === kConsent) choices.settle();
      else if (key === kIdentity && oldValue && !oldValue.includes(`"${who.peek()?.anonymousId}"`)) {
        decided.reset();
      }
    };
    addEventListener('storage', changed);
    storage.onChange?.(changed);
  };

  const known = (field: string) => !!who.peek()?.known.includes(field);
  const report = (): DebugReport => {
    const { anonymousId = null, userId = null } = who.peek() ?? {};
    return {
      version: kLibrary.version,
      anonymousId,
      userId,
      consent: allowed.get(),
      queued: out.journal.size(),
      engine: decided.decider.report() ?? null,
      decisions: decided.slots.all(),
    };
  };
  const watched: Watched = {
    report,
    waiting() {
      const leased = out.leases.held();
      return out.journal.keys().map((key) => [out.journal.read(key), leased.has(key)]);
    },
    targets: decided.slots.targets,
    decisions: () => [...decided.latest.values()],
    explainFacts: decided.decider.explain,
    on: events.on,
    off: events.off,
    use: (plugin) => void plugins.push(plugin),
    facts: () => files.module('facts'),
  };
  const show = (shown: boolean) => {
    files
      .module('overlay')
      .then((overlay) => overlay.show(watched, shown))
      .catch(complain);
  };

  return {
    slots: decided.slots,
    left: () => drainStub(storage),
    call(method, values, moment) {
      if (kCaptures.test(method)) {
        const event = consenting.call(method as EventType, values, moment);
        const settled = out.overflow.settled();
        return settled ? settled.then(() => event) : event;
      }
      if (method === 'setConsent') return choices.set(values[0] as Categories, moment);
      if (method === 'reset') return who.reset();
      if (method === 'debug') return show(!!values[0]);
      if (method !== 'flush') return;
      return out.delivery
        .flush()
        .then((sent) => ({ sent, left: out.journal.size(), dropped: out.takeDropped() }));
    },
    begin() {
      guarded(listen);
      if (asksForPanel(place.page()) || storage.getItem(kDebug)) show(true);
      if (!choices.begin()) onReady();
      // A page called by hand in the same task comes first, and is the one.
      queueMicrotask(tellPage);
      out.delivery.due();
    },
    known,
    shouldAsk: (field) => decided.decider.shouldAsk(field) ?? !known(field),
    nextAsk: decided.decider.nextAsk,
    explain: (trigger) => decided.latest.get(trigger) ?? null,
    explainFacts: decided.decider.explain,
    report,
  };
}
