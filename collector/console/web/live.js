// The list of what comes in, newest first.

import { byId, clockTime, make, oneLine } from './dom.js';

const ROWS_MAX = 400;

const eventRow = ({ event, receivedAt, source, trust }) => ({
  name: event.type === 'track' ? (event.event ?? 'track') : event.type,
  who: event.userId ?? event.anonymousId,
  whoType: event.userId ? 'userId' : 'anonymousId',
  time: event.timestamp ?? receivedAt,
  says: shortText(event),
  note: [trust, source].filter(Boolean).join(' · '),
});

const stageRow = ({ profile, timestamp, from, to }) => ({
  name: to ?? 'no stage',
  who: profile,
  whoType: 'profile',
  time: timestamp,
  says: from ? `entered from ${from}` : 'entered',
});

const decisionRow = ({ profile, timestamp, trigger, outcome, reason, channel, slot }) => ({
  name: trigger,
  who: profile,
  whoType: 'profile',
  time: timestamp,
  says:
    outcome === 'suppressed' ? `held back: ${reason}` : ['fired', channel, slot].filter(Boolean).join(' · '),
});

const shortText = (event) => {
  if (event.type === 'page') return event.context?.page?.path ?? event.name;
  const { trigger, slot } = event.properties ?? {};
  return trigger && slot ? `${oneLine(trigger, 60)} in ${oneLine(slot, 40)}` : shortProperties(event);
};

const shortProperties = (event) =>
  Object.entries(event.properties ?? event.traits ?? {})
    .filter(([, value]) => typeof value !== 'object')
    .slice(0, 4)
    .map(([name, value]) => `${name} ${oneLine(value, 40)}`)
    .join(', ');

const ROWS = { event: eventRow, stage: stageRow, decision: decisionRow };
const KINDS = { event: 'Event', stage: 'Stage', decision: 'Decision' };

const rowNode = (kind, message, showProfile) => {
  const row = ROWS[kind](message);
  const person = row.who === undefined ? undefined : String(row.who);
  const item = make(
    'li',
    { class: `event ${kind}` },
    make(
      'details',
      {},
      make(
        'summary',
        {},
        clockTime(row.time),
        make('span', { class: 'kind' }, KINDS[kind]),
        make('strong', {}, oneLine(row.name, 80)),
        make('span', { class: 'says' }, oneLine(row.says ?? '', 160)),
        make('span', { class: 'who' }, person ? oneLine(person, 36) : ''),
      ),
      make(
        'div',
        { class: 'detail' },
        person &&
          make(
            'button',
            { type: 'button', onclick: () => showProfile(row.whoType, person) },
            'Open the profile',
          ),
        row.note && make('span', { class: 'note' }, row.note),
        make('pre', { tabindex: '0' }, JSON.stringify(message.event ?? message, null, 2)),
      ),
    ),
  );
  item.words = `${row.name} ${person ?? ''} ${JSON.stringify(message)}`.toLowerCase();
  return item;
};

// Returns { take(kind, message), clear() }.
export const makeLive = ({ showProfile }) => {
  const list = byId('events');
  const pause = byId('pause');
  const filter = byId('filter');
  let held = [];
  let seen = 0;
  let left = 0;

  const wanted = (item) => item.words.includes(filter.value.trim().toLowerCase());

  const show = () => {
    const paused = pause.getAttribute('aria-pressed') === 'true';
    byId('live-empty').hidden = seen > 0;
    byId('live-count').textContent = [
      `${seen} since you opened this page`,
      paused && held.length && `${held.length} waiting`,
      left && `${left} left out, they came too fast`,
    ]
      .filter(Boolean)
      .join(', ');
    byId('live-nothing').hidden = !(
      list.children.length > 0 && !list.querySelector(':scope > :not([hidden])')
    );
  };

  const put = (item) => {
    item.hidden = !wanted(item);
    list.prepend(item);
    while (list.children.length > ROWS_MAX) list.lastElementChild.remove();
  };

  filter.addEventListener('input', () => {
    for (const item of list.children) item.hidden = !wanted(item);
    show();
  });
  pause.addEventListener('click', () => {
    const paused = pause.getAttribute('aria-pressed') !== 'true';
    pause.setAttribute('aria-pressed', String(paused));
    pause.textContent = paused ? 'Go on' : 'Pause';
    if (!paused) {
      held.forEach(put);
      held = [];
    }
    show();
  });

  return {
    take(kind, message) {
      if (kind === 'dropped') {
        left += message.dropped;
        show();
        return;
      }
      if (!ROWS[kind] || (kind === 'event' && !message.event)) return;
      seen += 1;
      const item = rowNode(kind, message, showProfile);
      if (pause.getAttribute('aria-pressed') === 'true') held = [...held, item].slice(-ROWS_MAX);
      else put(item);
      show();
    },
    clear() {
      list.replaceChildren();
      held = [];
      seen = 0;
      left = 0;
      show();
    },
  };
};
