// The path panel: what the engine on this device knows and decided, live. It only listens.

import { desirepath, isLoaded } from './path.js';
import { read, write } from './storage.js';
import './toast.js';

const KEY = 'waymark.panel';
const STAGES = ['discover', 'evaluate', 'buy', 'own', 'advocate'];
const LOG_MAX = 24;

const REASONS = {
  consent: 'no consent',
  suppressed: 'suppressed',
  holdout: 'held out',
  quiet_hours: 'quiet hours',
  purpose_served: 'purpose already served',
  promise_conflict: 'contradicts a promise made',
  cap_trigger: 'shown often enough',
  cap_purpose: 'purpose at its cap',
  cap_channel: 'channel at its cap',
  lower_priority: 'another one mattered more',
  stale: 'too old to act on',
  late: 'too late for this view',
};

const panel = document.querySelector('[data-panel]');
const part = (name) => panel.querySelector(`[data-panel-${name}]`);
const toggle = panel.querySelector('.path-toggle');
const body = panel.querySelector('.path-body');

const kept = { open: false, stage: null, log: [], sent: 0, ...read(KEY, {}) };
const keep = () => write(KEY, kept);

const node = (tag, className, ...children) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
};

const drawTrail = () => {
  part('stage').textContent = kept.stage ?? 'not begun';
  part('trail').replaceChildren(
    ...STAGES.map((stage) => {
      const item = node('li', '', stage);
      if (stage === kept.stage) item.setAttribute('aria-current', 'step');
      return item;
    }),
  );
};

const drawSlots = () => {
  const slots = [...document.querySelectorAll('[data-dp-slot]')].map((slot) => slot.dataset.dpSlot);
  part('slots').replaceChildren(
    ...slots.map((slot) => {
      const decision = desirepath.decide(slot);
      const isShown = decision && decision.reason !== 'late';
      const says = isShown
        ? node('strong', '', decision.trigger)
        : node('span', 'quiet-text', decision ? `default, ${decision.trigger} came late` : 'default');
      return node('li', '', node('span', 'path-slot', slot), says);
    }),
  );
};

const drawLog = () => {
  const entries = kept.log.map(({ time, what, name, why, kind }) =>
    node(
      'li',
      `path-${kind}`,
      node('time', '', time),
      node('span', '', node('strong', '', name), ` ${what}`, why ? node('em', '', why) : ''),
    ),
  );
  part('log').replaceChildren(
    ...(entries.length ? entries : [node('li', 'quiet-text', 'Nothing yet. Walk about a little.')]),
  );
};

const drawWire = () => {
  const words = navigator.onLine ? 'online' : 'offline: decisions go on, events wait';
  part('wire').textContent = isLoaded
    ? `${kept.sent} events delivered · ${words}`
    : 'the package did not load';
};

const draw = () => {
  drawTrail();
  drawSlots();
  drawLog();
  drawWire();
};

const log = (kind, name, what, why) => {
  const time = new Date().toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
  kept.log = [{ kind, name, what, why, time }, ...kept.log].slice(0, LOG_MAX);
  keep();
  draw();
};

const setOpen = (open) => {
  kept.open = open;
  keep();
  toggle.setAttribute('aria-expanded', String(open));
  body.hidden = !open;
};

toggle.addEventListener('click', () => setOpen(body.hidden));
panel.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !body.hidden) {
    setOpen(false);
    toggle.focus();
  }
});

const hear = {
  stage({ stage, previous }) {
    kept.stage = stage;
    log('stage', stage, previous ? `entered from ${previous}` : 'entered');
  },
  decision({ trigger, outcome, reason, slot }) {
    if (outcome === 'suppressed') log('held', trigger, 'held back', REASONS[reason] ?? reason);
    else log('fired', trigger, slot ? `for ${slot}` : 'proposed');
  },
  exposure({ trigger, slot }) {
    log('shown', trigger, `seen in ${slot}`);
  },
  sent({ messageIds }) {
    kept.sent += messageIds.length;
    keep();
    drawWire();
  },
  dropped({ reason }) {
    log('held', 'an event', 'was dropped', reason);
  },
};

export const forget = () => {
  Object.assign(kept, { stage: null, log: [], sent: 0 });
  keep();
  draw();
};

addEventListener('online', drawWire);
addEventListener('offline', drawWire);
setOpen(kept.open);
const { shopNews } = globalThis;
shopNews.tell = (topic, payload) => hear[topic](payload);
for (const [topic, payload] of shopNews.past.splice(0)) shopNews.tell(topic, payload);
desirepath.ready(() => {
  kept.stage = desirepath.debug()?.engine?.stage ?? kept.stage;
  draw();
});
draw();
