import type { Watched } from '../browser/panel.js';
import type { Decision } from '../core/types.js';
import { button, clock, element, mark } from './elements.js';
import type { EventLog, LoggedEvent } from './event_log.js';
import { foldedRow, keyedList } from './keyed_list.js';
import type { SlotOutline } from './slot_outline.js';

/** A part of the panel: its title, what it shows, and how that is brought up to date; `refresh` returns what its title counts. */
export interface Section {
  title: string;
  body: HTMLElement;
  refresh(): string | number;
}

/** Who this device speaks for, what was agreed to, and what the engine knows; read only while it is unfolded. */
export function personSection({ report, facts }: Watched): Section {
  const body = element('div', '');
  let shown = '';
  return {
    title: 'Person',
    body,
    refresh() {
      const told = report();
      const key = JSON.stringify(told);
      if ((body.parentElement as HTMLDetailsElement).open && key !== shown) {
        shown = key;
        facts().then(
          ({ personFacts }) => body.replaceChildren(personFacts(told)),
          () => {
            shown = '';
          },
        );
      }
      return told.engine?.stage ?? told.userId ?? '';
    },
  };
}

/** A reason of the closed set, as a word. */
const word = (reason: string | null) => reason?.replace('_', ' ') ?? 'not shown';

const kStates: Record<string, string> = { waiting: 'wait', sending: 'wait', sent: 'ok' };

export function eventsSection(log: EventLog): Section {
  const list = keyedList<LoggedEvent>(
    'No event yet.',
    ({ event }) => event.messageId,
    () =>
      foldedRow(
        ({ event, state }) => [
          element('b', '', event.event ?? ([event.type, event.name].filter(Boolean).join(' ') || 'A call')),
          mark(kStates[state] ?? 'bad', kStates[state] ? state : `dropped, ${state}`),
          element('time', '', clock(event.timestamp ?? 0)),
        ],
        ({ event }, body) => body.replaceChildren(element('pre', '', JSON.stringify(event, null, 1))),
      ),
  );
  return {
    title: 'Events',
    body: list.element,
    refresh() {
      const entries = log.entries();
      list.show(entries);
      const count = (...states: string[]) => entries.filter(({ state }) => states.includes(state)).length;
      const waiting = count('waiting', 'sending');
      const dropped = entries.length - waiting - count('sent');
      return [waiting && `${waiting} waiting`, dropped && `${dropped} dropped`].filter(Boolean).join(', ');
    },
  };
}

export function decisionsSection(watched: Watched, log: EventLog, exposed: Set<string>): Section {
  const tell = async (trigger: string, decision: Decision | undefined, body: HTMLElement) => {
    body.replaceChildren(element('p', 'empty', 'Asking the engine…'));
    try {
      const event = decision && log.find(decision.anchor);
      const [facts, { explainedFacts }] = await Promise.all([
        watched.explainFacts(trigger, event),
        watched.facts(),
      ]);
      body.replaceChildren(...explainedFacts(facts, !!event, decision?.reason));
    } catch (error) {
      body.replaceChildren(mark('bad', `Not to be had: ${(error as Error).message}`));
    }
  };
  const outcome = ({ outcome, reason, decisionId }: Decision) =>
    outcome === 'fired'
      ? mark('ok', exposed.has(decisionId) ? 'seen' : 'proposed')
      : mark('bad', word(reason));
  const list = keyedList<Decision>(
    'No decision yet.',
    ({ trigger }) => trigger,
    () =>
      foldedRow(
        (decision) => [
          element('b', '', decision.trigger),
          outcome(decision),
          element('time', '', clock(decision.timestamp)),
        ],
        (decision, body) => tell(decision.trigger, decision, body),
      ),
  );
  const name = element('input', 'ask') as HTMLInputElement;
  name.placeholder = 'Another trigger';
  name.ariaLabel = 'Why does this trigger not speak?';
  const answer = element('div', 'body');
  const form = element('form', '', name, element('button', '', 'Why not?'));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (name.value.trim()) tell(name.value.trim(), undefined, answer);
  };
  return {
    title: 'Decisions',
    body: element('div', '', list.element, form, answer),
    refresh() {
      const decisions = watched.decisions().sort((a, b) => b.timestamp - a.timestamp);
      list.show(decisions);
      return decisions.length || '';
    },
  };
}

export function slotsSection({ report, targets }: Watched, outline: SlotOutline): Section {
  const list = keyedList<[string, Element]>(
    'This page has no slot.',
    ([, target]) => target,
    ([slot, target]) => {
      const row = button('', 'row', () => target.scrollIntoView({ block: 'nearest' }));
      row.onpointerenter = row.onfocus = () => outline.around(target);
      row.onpointerleave = row.onblur = outline.hide;
      return {
        element: element('li', '', row),
        update() {
          const proposal = report().decisions.find((decision) => decision.slot === slot);
          const state = target.hasAttribute('data-dp-decision')
            ? mark('ok', `filled by ${proposal?.trigger}`)
            : proposal
              ? mark('bad', `${proposal.trigger}: ${word(proposal.reason)}`)
              : mark('', 'default content');
          row.replaceChildren(element('b', '', slot), state);
        },
      };
    },
  );
  return {
    title: 'Slots on this page',
    body: list.element,
    refresh() {
      const all = targets();
      list.show(all);
      return all.length || '';
    },
  };
}
