import type { Emitter } from '../core/emitter.js';
import type { Files } from '../core/files.js';
import type { Lock } from '../core/lock.js';
import type { KeyValues } from '../core/storage.js';
import type { CallOptions, Decision, Event, Fields, Topics } from '../core/types.js';
import { engineBuilds } from '../engine/builds.js';
import { type Decider, decider } from './decider.js';
import {
  assignmentFields,
  exposureFields,
  firstAssignment,
  firstExposure,
  kAssignmentEvent,
  kExposureEvent,
} from './exposures.js';
import type { ResolvedOptions } from './options.js';
import type { Place } from './place.js';
import { programs } from './program.js';
import { type Proposing, proposing } from './proposing.js';
import { reservations } from './reservations.js';
import type { Slots } from './slots.js';

export interface DecisionsParts {
  options: ResolvedOptions;
  place: Place;
  storage: KeyValues;
  files: Files;
  lock: Lock;
  now(): number;
  events: Emitter<Topics>;
  /** This person's journaled events, of all tabs. */
  journaled(): Event[];
  /** The one under that key; none where it is somebody else's. */
  journaledAt(key: string): Event[];
  /** Keys of what other tabs journaled. */
  keysElsewhere(): string[];
  /** Captures a fact that follows from a decision. */
  track(event: string, properties: Fields, options?: CallOptions): void;
  /** The program came from the address: it is this project's collector. */
  onCollector(): void;
}

/** What is decided for this page's visitor, from an event to a slot that was seen. */
export interface Decisions {
  decider: Decider;
  proposing: Proposing;
  slots: Slots;
  /** The last word on each trigger in this page view. */
  latest: Map<string, Decision>;
  /** Another person: nothing that was decided is theirs. */
  reset(): void;
}

export function decisions(parts: DecisionsParts): Decisions {
  const { options, place, storage, now, events } = parts;
  const latest = new Map<string, Decision>();
  const onDecision = (decision: Decision) => {
    latest.set(decision.trigger, decision);
    events.emit('decision', decision);
  };
  const slots = place.slots((decision) => {
    shown.settle(decision);
    if (!firstExposure(storage, decision.decisionId)) return;
    parts.track(kExposureEvent, exposureFields(decision), { messageId: decision.decisionId });
    events.emit('exposure', decision);
  });
  // Journal keys of other tabs' events that are folded here.
  let caughtUp = new Set<string>();
  const shown = proposing({
    slots,
    isHidden: place.isHidden,
    lock: parts.lock,
    reservations: reservations(storage, now),
    catchUp() {
      const keys = parts.keysElsewhere();
      for (const key of keys) if (!caughtUp.has(key)) parts.journaledAt(key).forEach(engine.foldForeign);
      caughtUp = new Set(keys);
    },
    gate: (decision, reserved) => engine.gate(decision, reserved),
    onDecision,
  });
  const engine = decider({
    storage,
    programs: programs(storage, options.programUrl),
    propose: (decision, answers) => shown.propose(decision, answers),
    builds:
      options.wasm === false ? undefined : engineBuilds(parts.files, storage, now, options.wasm === 'js'),
    journaled: parts.journaled,
    onDecision,
    onMove: (move) => events.emit('stage', move),
    onAssignment(assignment) {
      if (firstAssignment(storage, assignment.experiment))
        parts.track(kAssignmentEvent, assignmentFields(assignment));
    },
    onCollector: parts.onCollector,
  });
  return {
    decider: engine,
    proposing: shown,
    slots,
    latest,
    reset() {
      latest.clear();
      engine.reset();
      shown.clear();
    },
  };
}
