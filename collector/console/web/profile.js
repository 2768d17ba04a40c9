// One profile: looked up by an identifier, shown whole, kept fresh while its events come in.

import { byId, dayTime, make, oneLine } from './dom.js';
import { ask } from './key.js';

const FRESHEN_MS = 400;

const part = (title, ...children) => make('section', { class: 'part' }, make('h3', {}, title), ...children);
const none = (text) => make('p', { class: 'note' }, text);

const table = (head, rows) =>
  make(
    'div',
    { class: 'table' },
    make(
      'table',
      {},
      make('thead', {}, make('tr', {}, ...head.map((text) => make('th', { scope: 'col' }, text)))),
      make('tbody', {}, ...rows.map((cells) => make('tr', {}, ...cells.map((cell) => make('td', {}, cell))))),
    ),
  );

const identifiers = (all) =>
  make(
    'ul',
    { class: 'tags' },
    ...all.map(({ type, value, trust }) =>
      make(
        'li',
        {},
        make('span', { class: 'note' }, `${type} `),
        make('code', {}, oneLine(value, 80)),
        trust && make('span', { class: `trust ${trust === 'proved' ? 'proved' : ''}` }, ` ${trust}`),
      ),
    ),
  );

const from = (trust, source, timestamp) =>
  make('span', { class: 'note' }, `${noteOf(trust, source)}, `, dayTime(timestamp));

const traits = (all) =>
  table(
    ['Trait', 'Value', 'From'],
    Object.entries(all).map(([name, trait]) => [
      name,
      oneLine(trait.value, 200),
      from(trait.trust, trait.source, trait.timestamp),
    ]),
  );

const facts = (name, all) =>
  table(
    [name, 'Now'],
    Object.entries(all).map(([name, value]) => [name, value === null ? '—' : oneLine(value)]),
  );

const kShown = 30; // of each history
const newestFirst = (all) =>
  [...all].sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp)).slice(0, kShown);

const factName = ({ event, type }) => event ?? type ?? '';
const factText = ({ properties, title }) => noteOf(properties?.channel, properties?.slot, title);

const latestOf = (history) => [...history].reverse().slice(0, kShown);

const line = (time, name, note) =>
  make(
    'li',
    {},
    dayTime(time),
    make('strong', {}, oneLine(name, 80)),
    make('span', { class: 'note' }, oneLine(note, 120)),
  );
const lines = (all) => make('ol', { class: 'happenings' }, ...all);
const noteOf = (...parts) => parts.filter(Boolean).join(' · ');

const happenings = (all) =>
  lines(newestFirst(all).map((fact) => line(fact.timestamp, factName(fact), factText(fact))));

const consents = (all) =>
  table(
    ['Category', 'Consent', 'From'],
    Object.entries(all).map(([category, { granted, trust, source, timestamp }]) => [
      category,
      granted ? 'granted' : 'withdrawn',
      from(trust, source, timestamp),
    ]),
  );

const communications = (all) =>
  lines(
    all
      .slice(0, kShown)
      .map(({ statusAt, trigger, template, channel, slot, sender, status }) =>
        line(
          statusAt,
          trigger ?? template ?? channel,
          noteOf(status, channel, slot, trigger && template, sender),
        ),
      ),
  );

const promises = (all) =>
  lines(
    all.map(({ until, promise, channel, trigger }) =>
      line(until, promise, `until then · ${noteOf(channel, trigger)}`),
    ),
  );

const memberships = (all) =>
  lines(
    latestOf(all).map(({ timestamp, audience, change, messageId }) =>
      line(timestamp, audience, messageId ? change : `${change} as time passed`),
    ),
  );

const moves = (all) =>
  lines(
    latestOf(all).map(({ timestamp, from, to, journey }) =>
      line(timestamp, to ?? 'No stage', noteOf(from && `from ${from}`, journey)),
    ),
  );

const decisions = (all) =>
  lines(
    newestFirst(all).map(({ timestamp, trigger, outcome, reason, channel, slot, retracted }) =>
      line(
        timestamp,
        trigger,
        outcome === 'suppressed'
          ? `held back: ${reason}`
          : noteOf('fired', channel, slot, retracted && 'retracted'),
      ),
    ),
  );

const render = (profile, decided) => {
  const listed = (value) => value ?? [];
  const filled = (value) => Object.keys(value ?? {}).length > 0;
  return [
    make(
      'div',
      { class: 'who-head' },
      make(
        'p',
        { class: 'stage' },
        make('span', { class: 'waymark', 'aria-hidden': 'true' }),
        profile.stage ?? 'No stage yet',
      ),
      make(
        'p',
        { class: 'note' },
        profile.stageSince ? 'since ' : '',
        profile.stageSince ? dayTime(profile.stageSince) : '',
      ),
      make(
        'p',
        { class: 'note' },
        'first seen ',
        dayTime(profile.firstSeen),
        ', last ',
        dayTime(profile.lastSeen),
      ),
    ),
    part('Identifiers', identifiers(listed(profile.identifiers))),
    part(
      'Audiences',
      listed(profile.audiences).length
        ? make('ul', { class: 'tags' }, ...profile.audiences.map((name) => make('li', {}, String(name))))
        : none('In none.'),
    ),
    part(
      'Behaviors',
      filled(profile.behaviors) ? facts('Behavior', profile.behaviors) : none('The journey declares none.'),
    ),
    part(
      'Scores',
      filled(profile.scores) || filled(profile.propensity)
        ? facts('Score', {
            ...Object.fromEntries(
              Object.entries(profile.scores).map(([id, score]) => [
                id,
                profile.tiers[id] ? `${score} (${profile.tiers[id]})` : score,
              ]),
            ),
            ...profile.propensity,
          })
        : none('The journey declares none.'),
    ),
    part('Traits', filled(profile.traits) ? traits(profile.traits) : none('Nothing known yet.')),
    part('Consent', filled(profile.consents) ? consents(profile.consents) : none('Nothing said yet.')),
    part('Decisions', listed(decided).length ? decisions(decided) : none('None yet.')),
    part(
      'Communications received',
      listed(profile.communications).length ? communications(profile.communications) : none('None yet.'),
    ),
    part(
      'Open promises',
      listed(profile.openPromises).length ? promises(profile.openPromises) : none('None.'),
    ),
    part(
      'Stages over time',
      listed(profile.stageHistory).length ? moves(profile.stageHistory) : none('No moves to show.'),
    ),
    part(
      'Audiences over time',
      listed(profile.audienceHistory).length
        ? memberships(profile.audienceHistory)
        : none('No changes to show.'),
    ),
    part('Recent actions', listed(profile.actions).length ? happenings(profile.actions) : none('None yet.')),
    part('Content engaged', listed(profile.content).length ? happenings(profile.content) : none('None yet.')),
  ];
};

// Returns { show(type, value), touched(profileId), clear() }.
export const makeProfile = ({ readKey }) => {
  const place = byId('profile');
  const form = byId('lookup');
  let shown;
  let wanted;
  let timer;
  let running;

  const welcome = () =>
    place.replaceChildren(
      make(
        'div',
        { class: 'empty' },
        make('h3', {}, 'Nobody looked up'),
        make('p', {}, 'Open an event and choose “Open the profile”, or type an identifier.'),
      ),
    );

  const load = async (quiet) => {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    const path = `/v1/profiles/${encodeURIComponent(wanted.type)}:${encodeURIComponent(wanted.value)}`;
    if (!quiet) place.replaceChildren(make('p', { class: 'empty' }, 'Looking…'));
    place.setAttribute('aria-busy', 'true');
    try {
      const [profile, decided] = await Promise.all([
        ask(path, readKey(), { signal }).then((response) => response.json()),
        ask(`${path}/decisions`, readKey(), { signal }).then(
          (response) => response.json(),
          () => ({ decisions: [] }),
        ),
      ]);
      shown = profile.profile;
      place.replaceChildren(...render(profile, decided.decisions));
    } catch (error) {
      if (signal.aborted) return;
      if (quiet) return;
      const unknown = error.status === 404;
      place.replaceChildren(
        make(
          'div',
          { class: 'empty', role: 'alert' },
          make('h3', {}, unknown ? 'Nobody by that identifier' : 'That did not work'),
          make(
            'p',
            {},
            unknown ? `No event has carried ${wanted.type} ${oneLine(wanted.value, 80)} yet.` : error.message,
          ),
        ),
      );
    } finally {
      if (!signal.aborted) place.setAttribute('aria-busy', 'false');
    }
  };

  const show = (type, value) => {
    wanted = { type, value };
    shown = undefined;
    form.elements.type.value = type;
    form.elements.value.value = value;
    history.replaceState(null, '', `#${encodeURIComponent(type)}:${encodeURIComponent(value)}`);
    return load(false);
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    show(form.elements.type.value.trim(), form.elements.value.value.trim());
  });

  welcome();
  return {
    show,
    touched(profile) {
      if (!shown || profile !== shown || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        load(true);
      }, FRESHEN_MS);
    },
    clear() {
      running?.abort();
      shown = undefined;
      welcome();
    },
  };
};
