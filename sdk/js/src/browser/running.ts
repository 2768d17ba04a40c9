import { addresses } from '../core/addresses.js';
import { kLibrary } from '../core/batch.js';
import { capture, kConsentEvent, type Moment } from '../core/capture.js';
import { consent, kConsent } from '../core/consent.js';
import { delivery } from '../core/delivery.js';
import { drops, kDroppedEvent } from '../core/drops.js';
import { type Emitter, guarded } from '../core/emitter.js';
import type { Files } from '../core/files.js';
import { hiddenParams } from '../core/hidden_params.js';
import { identity, kIdentity } from '../core/identity.js';
import { messageIds, randomText, time36 } from '../core/ids.js';
import { journal, kQueue } from '../core/journal.js';
import { leases } from '../core/leases.js';
import { storageLock, webLock } from '../core/lock.js';
import { numbering, numberOf } from '../core/numbering.js';
import { outbox } from '../core/outbox.js';
import { overflow } from '../core/overflow.js';
import { sessions } from '../core/session.js';
import { stamps } from '../core/stamp.js';
import { type Change, type KeyValues, keysWith } from '../core/storage.js';
import { fetchSend } from '../core/transport.js';
import type {
  Categories,
  Decision,
  Dropped,
  Event,
  EventType,
  HeldCall,
  PageFacts,
  Plugin,
  Topics,
} from '../core/types.js';
import { engineBuilds } from '../engine/builds.js';
import type { Explanation } from '../engine/explaining_engine.js';
import type { DebugReport } from './api.js';
import { decider } from './decider.js';
import {
  assignmentFields,
  exposureFields,
  firstAssignment,
  firstExposure,
  forgetExposures,
  kAssignmentEvent,
  kExposureEvent,
} from './exposures.js';
import { gate } from './gate.js';
import { drainStub } from './held.js';
import { whenIdle } from './idle.js';
import { captureModules } from './modules.js';
import type { ResolvedOptions } from './options.js';
import { asksForPanel, kDebug, type Watched } from './panel.js';
import type { Place } from './place.js';
import { programs } from './program.js';
import { proposing } from './proposing.js';
import { reservations } from './reservations.js';
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

/** What a withdrawal of consent leaves on the device. */
const kKept = /^dp\.([chor]$|lock|[ql]\.)/;
const kCaptures = /^(track|page|screen|identify|group|alias)$/;

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);

export function start(
  options: ResolvedOptions,
  place: Place,
  storage: KeyValues,
  files: Files,
  events: Emitter<Topics>,
  plugins: Plugin[],
  onReady: () => void,
): Running {
  const now = Date.now;
  const allowed = consent(storage, refusedCategories(options), hasPrivacyControl());
  const tab = time36(now()) + randomText(random, 5);
  const lock = navigator.locks
    ? webLock(navigator.locks)
    : storageLock(storage, random, now, (ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  const viewing = place.views();
  const stamping = stamps(storage, now);
  const visits = sessions(storage, stamping.previous);
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
  const onDropped = (drop: Dropped) => {
    dropped++;
    if (consenting.isOpen()) lost.count(drop.reason);
    events.emit('dropped', drop);
  };

  const page = place.slots((decision) => {
    shown.settle(decision);
    if (!firstExposure(storage, decision.decisionId)) return;
    const { decisionId: messageId } = decision;
    capturing.emit('track', { event: kExposureEvent, properties: exposureFields(decision) }, { messageId });
    events.emit('exposure', decision);
  });
  const anotherPerson = () => {
    latest.clear();
    deciding.reset();
    shown.clear();
  };
  const who = identity(storage, random, () => {
    visits.reset();
    forgetExposures(storage);
    anotherPerson();
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
  // The last word on each trigger in this page view.
  const latest = new Map<string, Decision>();
  const onDecision = (decision: Decision) => {
    latest.set(decision.trigger, decision);
    events.emit('decision', decision);
  };
  // Journal keys of other tabs' events that are folded here.
  let caughtUp = new Set<string>();
  const shown = proposing({
    slots: page,
    isHidden: place.isHidden,
    lock,
    reservations: reservations(storage, now),
    catchUp() {
      const foreign = queue.keys().filter((key) => !queue.isOwn(key));
      for (const key of foreign) {
        if (!caughtUp.has(key)) for (const event of eventOf(queue.read(key))) deciding.foldForeign(event);
      }
      caughtUp = new Set(foreign);
    },
    gate: (decision, reserved) => deciding.gate(decision, reserved),
    onDecision,
  });
  const deciding = decider({
    storage,
    programs: programs(storage, options.programUrl),
    propose: (decision, answers) => shown.propose(decision, answers),
    builds: options.wasm === false ? undefined : engineBuilds(files, storage, now, options.wasm === 'js'),
    journaled: () => queue.keys().flatMap((key) => eventOf(queue.read(key))),
    onDecision,
    onMove: (move) => events.emit('stage', move),
    onAssignment(assignment) {
      if (!firstAssignment(storage, assignment.experiment)) return;
      capturing.emit('track', { event: kAssignmentEvent, properties: assignmentFields(assignment) }, {});
    },
    onCollector: () => sending.known(),
  });
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
          const waiting = queue.keys().flatMap((key) => eventOf(queue.read(key)));
          const numbers = waiting.map(numberOf).filter(Boolean);
          return numbers.length ? Math.min(...numbers) : undefined;
        },
        program: () => deciding.program(),
        rebase(state, seq) {
          deciding.rebase(state, seq);
          // What was proposed without it is asked about again.
          shown.resume();
        },
        learn: (fields) => who.learn(fields),
      },
      () => files.module('unify'),
    );
  const collector = addresses(options.batchUrls, storage);
  const send = fetchSend(collector, options.syncUrl, now);
  const sending = delivery({
    journal: queue,
    leases: leased,
    lock,
    outbox: outbox({
      journal: queue,
      leases: leased,
      now,
      format: options.format ?? 'compact',
      onDropped,
      isAllowed: ({ event }) => event === kConsentEvent || consenting.isOpen(),
      members: () => signedIn?.members(),
    }),
    async send(body, keepalive, syncs) {
      const answer = await send(body, keepalive, syncs);
      if (syncs && answer.json) signedIn?.take(answer.json, syncs);
      return answer;
    },
    beacon: (body) => !('keepalive' in Request.prototype) && navigator.sendBeacon(collector.current(), body),
    borrow: beyond.borrow,
    beforeAcknowledge(sent) {
      const own = sent.filter(isOfPerson);
      if (own.length) deciding.acknowledged(own);
    },
    onSent(sent) {
      events.emit('sent', sent);
      const properties = consenting.isOpen() && lost.take();
      if (properties) capturing.emit('track', { event: kDroppedEvent, properties });
    },
    onDropped,
    flushAt: options.flushAt ?? 20,
    flushAfterMs: options.flushAfterMs ?? 1000,
  });
  const hide = options.hideParams === false ? undefined : hiddenParams(options.hideParams ?? []);
  const redact = (event: Event) => {
    hide?.(event);
    return options.redact ? options.redact(event) : event;
  };
  const circumstance = place.circumstance();
  const capturing = capture({
    identity: who,
    consent: allowed,
    journal: queue,
    stamp: stamping.next,
    sessions: visits,
    numbering: options.identityToken && numbering(storage),
    messageId: messageIds(random),
    page: viewing.page,
    circumstance,
    plugins,
    onPage: () => modules.endView(),
    redact,
    onDropped,
    onJournaled(json, replayed) {
      for (const event of eventOf(json)) {
        const heldAt = replayed ? ((event.context?.page as PageFacts | undefined)?.url ?? '') : undefined;
        const isView = event.type === 'page' && viewing.begin(heldAt);
        if (isView) shown.beginView();
        deciding.fold(event, !replayed && event.type !== 'page');
        if (isView) shown.endView();
        modules.hear(event);
      }
      sending.notice();
    },
  });

  const consenting = gate(
    allowed,
    options.consentCategory,
    !!options.consentRequired,
    () => ({ time: now(), page: viewing.page() }),
    (type, values, moment) => capturing.call(type, values, moment),
    () => onDropped({ reason: 'consent' }),
  );
  const modules = captureModules({
    files,
    wanted: options.capture ?? {},
    storage,
    circumstance,
    track: (values, moment) => void consenting.call('track', values, moment),
    page: viewing.page,
  });
  const setConsent = (categories: Categories, moment?: Moment) => {
    const before = consenting.isOpen();
    allowed.set(categories);
    // A refusal is the last that is told, with the choice in its context; a grant the first.
    if (before || consenting.isOpen()) {
      capturing.emit('track', { event: kConsentEvent, properties: {} }, {}, moment);
    }
    settle();
  };

  let started: Promise<void> | undefined;
  const engineStart = () => {
    started = deciding.start().catch((error) => console.error('desirepath:', error));
    started.then(onReady);
  };
  const open = () => {
    engineStart();
    modules.start(wasRefused);
    started!.then(signedIn?.sync).catch((error) => console.error('desirepath:', error));
    whenIdle(beyond.prepare);
  };
  /** Consent was taken back: nothing is known here any more, and of what waits only that word still leaves. */
  const close = () => {
    modules.stop();
    visits.reset();
    anotherPerson();
    who.forget();
    for (const key of keysWith(storage, 'dp.')) if (!kKept.test(key)) storage.removeItem(key);
    sending.flush();
  };
  let isOpen = false;
  let wasRefused = false;
  const weigh = () => {
    const answer = consenting.isOpen();
    isOpen = !!answer;
    wasRefused ||= answer === false;
  };
  /** Acts on a choice made here or in another tab. */
  const settle = () => {
    const before = isOpen;
    weigh();
    consenting.settle();
    if (isOpen && !before) open();
    if (!isOpen && before) close();
  };

  const tellPage = () => {
    if (options.capture?.pages && viewing.claim()) consenting.call('page', []);
  };

  const listen = () => {
    if (options.capture?.pages) viewing.onNavigation(tellPage);
    addEventListener('pagehide', () => {
      modules.leave();
      shown.leave();
      deciding.checkpoint();
      sending.farewell(navigator.onLine !== false);
    });
    addEventListener('pageshow', ({ persisted }) => {
      if (!persisted) return;
      deciding.resume();
      shown.resume();
      viewing.restored();
      tellPage();
      sending.resume();
    });
    addEventListener('online', () => {
      sending.due();
      if (started) engineStart();
    });
    addEventListener('visibilitychange', () => {
      if (!place.isHidden()) return;
      modules.leave();
      deciding.checkpoint();
      sending.due();
    });
    const changed = ({ key, newValue, oldValue }: Change) => {
      if (key?.startsWith(kQueue)) {
        for (const event of eventOf(newValue)) deciding.foldForeign(event);
      } else if (key === kConsent) {
        settle();
      } else if (key === kIdentity && oldValue && !oldValue.includes(`"${who.peek()?.anonymousId}"`)) {
        anotherPerson();
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
      queued: queue.size(),
      engine: deciding.report() ?? null,
      decisions: page.all(),
    };
  };

  const watched: Watched = {
    report,
    waiting() {
      const leasedKeys = leased.held();
      return queue.keys().map((key) => [queue.read(key), leasedKeys.has(key)]);
    },
    targets: page.targets,
    decisions: () => [...latest.values()],
    explainFacts: deciding.explain,
    on: events.on,
    off: events.off,
    use: (plugin) => void plugins.push(plugin),
    facts: () => files.module('facts'),
  };
  const show = (shown: boolean) => {
    files
      .module('overlay')
      .then((overlay) => overlay.show(watched, shown))
      .catch((error) => console.error('desirepath:', error));
  };

  return {
    slots: page,
    left: () => drainStub(storage),
    call(method, values, moment) {
      if (kCaptures.test(method)) {
        const event = consenting.call(method as EventType, values, moment);
        const settled = beyond.settled();
        return settled ? settled.then(() => event) : event;
      }
      if (method === 'setConsent') return setConsent(values[0] as Categories, moment);
      if (method === 'reset') return who.reset();
      if (method === 'debug') return show(!!values[0]);
      if (method !== 'flush') return;
      return sending.flush().then((sent) => {
        const result = { sent, left: queue.size(), dropped };
        dropped = 0;
        return result;
      });
    },
    begin() {
      guarded(listen);
      if (asksForPanel(place.page()) || storage.getItem(kDebug)) show(true);
      weigh();
      if (isOpen) open();
      else onReady();
      // A page called by hand in the same task comes first, and is the one.
      queueMicrotask(tellPage);
      sending.due();
    },
    known,
    shouldAsk: (field) => deciding.shouldAsk(field) ?? !known(field),
    nextAsk: deciding.nextAsk,
    explain: (trigger) => latest.get(trigger) ?? null,
    explainFacts: deciding.explain,
    report,
  };
}
