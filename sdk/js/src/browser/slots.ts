import { kLateMs } from '../core/limits.js';
import type { Decision } from '../core/types.js';
import { type Filling, filling } from './fields.js';
import { sight } from './sight.js';

/** What draws a slot's content itself, in place of the fields in its markup; null: the default. */
export type Render = (content: Decision['content']) => void;

/** The page's slots — `[data-dp-slot]` elements and those handed in — and what is proposed for them. */
export interface Slots {
  /**
   * Takes a fired decision for its slot and fills the elements there are; later ones are filled as they come. `answers`: the decision
   * answers what the visitor did on this page, so it may change what is in view. False: it came late, and nothing was changed.
   */
  propose(decision: Decision, answers: boolean): boolean;
  /** From now on the decision may be exposed. */
  expect(decision: Decision): void;
  /** Puts the default back where the decision stands. */
  withdraw(decision: Decision): void;
  /** Whether the decision is the latest for its slot, or still shown because a later one came late. */
  stands(decision: Decision): boolean;
  /** What is proposed for a slot in this page view. */
  current(slot: string): Decision | undefined;
  all(): Decision[];
  /** The slots of the page, by name. */
  targets(): [name: string, element: Element][];
  /** Another page view begins in this document: what is in view came into view now. */
  beginView(): void;
  /** That page view has decided: what no proposal of its own fills has its default again. */
  endView(): void;
  /** Puts every default back. */
  clear(): void;
  /** Makes an element a slot, as markup would. Returns what undoes that, `remove`. */
  add(slot: string, element: Element, render?: Render): () => void;
  remove(element: Element): void;
}

const kSlot = 'data-dp-slot';
const kShown = 'data-dp-decision';

export function slots(onSeen: (decision: Decision) => void): Slots {
  const proposals = new Map<string, Decision>();
  let ofEarlierViews = new Set<Decision>();
  const expected = new Set<Decision>();
  const filled = new Map<Element, { decision: Decision; fill: Filling }>();
  const added = new Map<Element, [string, Render?]>();
  const eyes = sight((element) => {
    const decision = filled.get(element)?.decision;
    if (decision) onSeen(decision);
  });

  const undo = (element: Element) => {
    filled.get(element)?.fill.undo();
    filled.delete(element);
    eyes.forget(element);
    element.removeAttribute(kShown);
  };
  const drawn = (render: Render, { content }: Decision): Filling => {
    let done = false;
    return {
      apply() {
        if (!done) render(content);
        done = true;
      },
      undo: () => render(null),
    };
  };
  const fill = (element: Element, decision: Decision) => {
    undo(element);
    const render = added.get(element)?.[1];
    const fill = render ? drawn(render, decision) : filling(element, decision.content ?? {});
    filled.set(element, { decision, fill });
    fill.apply();
    element.setAttribute(kShown, decision.decisionId);
    if (expected.has(decision)) eyes.expect(element);
  };
  const elements = (): Element[] => [
    ...added.keys(),
    ...[...document.querySelectorAll(`[${kSlot}]`)].filter((element) => !added.has(element)),
  ];
  const named = (element: Element) => added.get(element)?.[0] ?? element.getAttribute(kSlot) ?? '';
  const withdraw = (decision: Decision) => {
    expected.delete(decision);
    if (proposals.get(decision.slot!) === decision) proposals.delete(decision.slot!);
    for (const [element, { decision: shown }] of [...filled]) if (shown === decision) undo(element);
  };

  const remove = (element: Element) => {
    undo(element);
    added.delete(element);
  };

  const look = () => {
    for (const element of elements()) {
      eyes.watch(element, false);
      const decision = proposals.get(named(element));
      if (filled.has(element)) filled.get(element)!.fill.apply();
      else if (decision && decision.reason !== 'late') fill(element, decision);
    }
    for (const element of [...filled.keys()]) if (!element.isConnected) undo(element);
  };

  for (const element of elements()) eyes.watch(element, true);
  // What the parser or a script adds is filled before it is painted.
  const observer = new MutationObserver(() => {
    look();
    // What was written just now is not news.
    observer.takeRecords();
  });
  observer.observe(document, { childList: true, subtree: true });

  return {
    propose(decision, answers) {
      const slot = decision.slot!;
      const targets = elements().filter((element) => named(element) === slot);
      const late = !answers && targets.some((element) => eyes.inView(element) > kLateMs);
      proposals.set(slot, late ? { ...decision, reason: 'late' } : decision);
      if (!late) for (const element of targets) fill(element, decision);
      return !late;
    },
    expect(decision) {
      expected.add(decision);
      for (const [element, { decision: shown }] of filled) if (shown === decision) eyes.expect(element);
    },
    withdraw,
    stands: (decision) =>
      proposals.get(decision.slot!) === decision ||
      [...filled.values()].some(({ decision: shown }) => shown === decision),
    current: (slot) => proposals.get(slot),
    all: () => [...proposals.values()],
    targets: () => elements().map((element) => [named(element), element]),
    beginView() {
      ofEarlierViews = new Set(proposals.values());
      for (const element of elements()) eyes.restart(element);
    },
    endView() {
      for (const decision of ofEarlierViews) withdraw(decision);
      ofEarlierViews.clear();
    },
    clear() {
      proposals.clear();
      expected.clear();
      for (const element of [...filled.keys()]) undo(element);
    },
    add(slot, element, render) {
      undo(element);
      added.set(element, [slot, render]);
      look();
      return () => remove(element);
    },
    remove,
  };
}
