// What a public write key can do to a person whom a server has named: nothing. Four collectors are told the same lives; in three
// of them somebody with the write key and all of the person's identifiers strikes, before, amid or after. What the collector
// has of the person is the same in all: chosen traits, consent, proved identifiers, what is decided and sent.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from '../faults/collector.mjs';
import { until } from '../faults/until.mjs';
import { binary, missing as skip } from '../js/support/program.mjs';

const journey = {
  schema: 'desirepath/journey/1',
  journey: 'shop',
  version: 1,
  identifiers: { email: { trait: 'email', normalize: 'lowercase' }, loyalty: { trait: 'loyalty_id' } },
  behaviors: { viewed: { event: 'Product Viewed' }, ordered: { event: 'Order Completed' } },
  audiences: { keen: { 'behaviors.viewed': { $gte: 2 } } },
  scores: {
    loyalty: { half_life: '60d', add: [{ event: 'Order Completed', points: 50 }], tiers: { silver: 40 } },
  },
  channels: { email: { cap: { times: 2, per: '7d' }, consent: 'marketing' } },
  purposes: { cart_reminder: { cap: { times: 1, per: '7d' } }, thanks: { cap: { times: 1, per: '1d' } } },
  destinations: { esp: { type: 'webhook', url: 'https://esp.example/hook' } },
  experiments: [
    {
      id: 'words',
      outcome: { behavior: 'ordered', within: '7d' },
      factors: { words: { 'thanks.do': ['email', 'sms'] } },
    },
  ],
  triggers: [
    {
      id: 'cart',
      event: 'Cart Updated',
      purpose: 'cart_reminder',
      promise: 'free_shipping',
      do: [{ channel: 'email', destination: 'esp', content: { template: 'cart' } }],
      outcome: { behavior: 'ordered', within: '3d' },
    },
    {
      id: 'thanks',
      event: 'Order Completed',
      purpose: 'thanks',
      do: [
        { channel: 'email', destination: 'esp', content: { template: 'thanks' } },
        { channel: 'sms', destination: 'esp', content: { template: 'thanks' } },
      ],
      outcome: { behavior: 'ordered', within: '3d' },
    },
  ],
};

const begins = Date.now() - 600_000;
const told = (who, minute, id, event) => ({
  userId: `ann-${who}`,
  messageId: `${id}-${who}`,
  timestamp: begins + minute * 60_000,
  ...event,
});

// A life as the site's server tells it; the last part comes after the strike, whenever that is.
const lives = (who) => [
  told(who, 0, 'a-named', {
    type: 'identify',
    anonymousId: `phone-${who}`,
    traits: { email: `ann-${who}@example.com`, plan: 'gold', loyalty_id: `L-${who}` },
    context: { consent: { categoryPreferences: { marketing: true, analytics: false } } },
  }),
  told(who, 1, 'b-viewed', { type: 'track', event: 'Product Viewed' }),
  told(who, 2, 'c-viewed', { type: 'track', event: 'Product Viewed', anonymousId: `phone-${who}` }),
  told(who, 3, 'd-cart', { type: 'track', event: 'Cart Updated' }),
];
const goesOn = (who) => [
  told(who, 7, 'e-cart', { type: 'track', event: 'Cart Updated' }),
  told(who, 8, 'f-ordered', { type: 'track', event: 'Order Completed', properties: { revenue: 50 } }),
];

const fact = (name, who, properties) => ({ type: 'track', event: name, userId: `ann-${who}`, properties });
const shop = { trigger: 'cart', purpose: 'cart_reminder', promise: 'free_shipping', channel: 'email' };
const thanks = { trigger: 'thanks', purpose: 'thanks', channel: 'email' };

/** By name, the events of a stranger who knows everything that can be known of `who`. */
const strikes = {
  'identify as another person': (who) => [
    {
      type: 'identify',
      userId: `ann-${who}`,
      traits: { email: 'evil@example.com', plan: 'none', loyalty_id: 'L-evil' },
    },
  ],
  'an address of theirs': (who) => [
    { type: 'identify', traits: { email: `ANN-${who}@example.com`, plan: 'none' } },
    {
      type: 'identify',
      userId: `mallory-${who}`,
      traits: { email: `ann-${who}@example.com`, loyalty_id: `L-${who}` },
    },
  ],
  'alias chains': (who) => [
    { type: 'alias', previousId: `ann-${who}`, userId: `mallory-${who}` },
    { type: 'alias', previousId: `phone-${who}`, userId: `mallory-${who}` },
    { type: 'alias', previousId: `mallory-${who}`, userId: `ann-${who}` },
    { type: 'alias', previousId: `ann-${who}`, userId: 'ann-0' },
  ],
  'groups and traits': (who) => [
    {
      type: 'group',
      groupId: 'g',
      userId: `ann-${who}`,
      traits: { plan: 'none', email: 'evil@example.com' },
    },
    {
      type: 'track',
      event: 'Noted',
      userId: `ann-${who}`,
      context: { traits: { plan: 'none' } },
      traits: { plan: 'none' },
    },
  ],
  'facts of messages': (who) =>
    ['Decision Exposed', 'Decision Delivered', 'Decision Reserved'].flatMap((name) => [
      fact(name, who, { ...shop, decisionId: `e-cart-${who}~cart~email` }),
      fact(name, who, { ...thanks, decisionId: `x-${who}~thanks~email` }),
      fact(name, who, { ...thanks, channel: 'web', decisionId: `y-${who}~thanks~web` }),
    ]),
  'facts of failure': (who) => [
    fact('Decision Released', who, { ...shop, decisionId: `d-cart-${who}~cart~email` }),
    fact('Decision Failed', who, { ...shop, decisionId: `d-cart-${who}~cart~email` }),
    fact('Email Unsubscribed', who, {}),
  ],
  consent: (who) => [
    {
      type: 'track',
      event: 'Segment Consent Preference Updated',
      userId: `ann-${who}`,
      context: { consent: { categoryPreferences: { marketing: false, analytics: true } } },
    },
    {
      type: 'page',
      userId: `ann-${who}`,
      context: { consent: { categoryPreferences: { marketing: false } } },
    },
    {
      type: 'page',
      anonymousId: `phone-${who}`,
      context: { consent: { categoryPreferences: { marketing: false } } },
    },
  ],
  'facts of experiments': (who) => [
    fact('Experiment Assigned', who, { experiment: 'words', treatment: 'words=0', unit: `ann-${who}` }),
    fact('Experiment Assigned', who, { experiment: 'words', treatment: 'words=1', unit: `ann-${who}` }),
    fact('Experiment Assigned', who, { experiment: 'words', treatment: 'holdout', unit: `ann-${who}` }),
  ],
  "the collector's own words": (who) => [
    {
      type: 'identify',
      userId: `ann-${who}`,
      traits: { plan: 'none' },
      source: '#collector',
      trust: 'proved',
      receivedAt: '2020-01-01T00:00:00.000Z',
      context: { server: { ip: '192.0.2.1', trust: 'proved', source: '#collector' }, trust: 'proved' },
    },
  ],
  'their own device and ids, other words': (who) => [
    {
      type: 'identify',
      userId: `ann-${who}`,
      anonymousId: `phone-${who}`,
      traits: { plan: 'none', email: 'evil@example.com' },
    },
    { type: 'identify', anonymousId: `phone-${who}`, userId: `mallory-${who}`, traits: { plan: 'none' } },
  ],
};
const names = Object.keys(strikes);

/** The strike, told as of a day ago, amid the life and as of a minute ago. */
function struck(name, who) {
  return [-1440, 2.5, 9].flatMap((minute, round) =>
    strikes[name](who).map((event, i) => ({
      anonymousId: `evil-${who}`,
      messageId: `z-${round}-${i}-${who}`,
      timestamp: begins + minute * 60_000,
      ...event,
    })),
  );
}

const orders = {
  'nobody strikes': [lives, goesOn],
  'struck first': ['strike', lives, goesOn],
  'struck amid': [lives, 'strike', goesOn],
  'struck last': [lives, goesOn, 'strike'],
};

function token(userId, key) {
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${encoded({ alg: 'HS256' })}.${encoded({ sub: userId, exp: Math.floor(Date.now() / 1000) + 600 })}`;
  return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`;
}

async function started(t) {
  const folder = mkdtempSync(join(tmpdir(), 'desirepath-attacks-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'shop.journey.json');
  writeFileSync(file, JSON.stringify(journey));
  const data = join(folder, 'data');
  const { ready } = await serve(t, data, ['--journey', file, '--rate-limit-address', '0']);
  const made = spawnSync(binary, ['keys', 'create', '--data', data, '--kind', 'identity'], {
    encoding: 'utf8',
  });
  assert.equal(made.status, 0, made.stderr);
  const call = async (path, key, body) => {
    const answer = await fetch(ready.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${key}` },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  return { ...ready, identity: made.stdout.trim(), call };
}

/** Each life, and each strike where the order has one; all is folded at the end. */
async function live(collector, order) {
  let cursor;
  for (const part of order) {
    const isStrike = part === 'strike';
    const batch = names.flatMap((name, who) => (isStrike ? struck(name, who + 1) : part(who + 1)));
    const key = isStrike ? collector.write_key : collector.secret_key;
    const { status, body } = await collector.call('/v1/batch', key, { batch });
    assert.equal(status, 200);
    assert.deepEqual(body.rejected, []);
    cursor = body.cursor;
    await collector.call(`/v1/profiles/userId:ann-1?after=${cursor}&wait=10000`, collector.secret_key);
  }
}

/** What must not change of a person, whoever else speaks of them. */
async function standing(collector, who) {
  const get = async (path) => (await collector.call(path, collector.secret_key)).body;
  const person = `/v1/profiles/userId:ann-${who}`;
  const document = await get(person);
  const own = ({ messageId }) => messageId.endsWith(`-${who}`) && !messageId.startsWith('z-');
  const { consents } = await get(`${person}/consent`);
  const { outbox } = await get('/v1/outbox?limit=1000');
  const synced = await collector.call('/v1/sync', collector.write_key, {
    anonymousId: `phone-${who}`,
    token: token(`ann-${who}`, collector.identity),
  });
  const sent = outbox.filter(({ decisionId }) => decisionId.includes(`-${who}~`));
  const withoutTimes = ({ receivedAt, ...rest }) => rest;
  return {
    profile: document.profile,
    proved: document.identifiers.filter(({ trust }) => trust === 'proved'),
    traits: Object.fromEntries(
      ['email', 'plan', 'loyalty_id'].map((name) => {
        const { others, rule, ...chosen } = document.traits[name];
        return [name, chosen];
      }),
    ),
    consent: document.consent,
    consents: Object.fromEntries(Object.entries(consents).map(([name, of]) => [name, withoutTimes(of)])),
    audiences: document.audiences,
    behaviors: document.behaviors,
    decisions: (await get(`${person}/decisions`)).decisions
      .filter(own)
      .map(({ revision, ...decision }) => decision),
    communications: document.communications
      .filter(({ channel }) => channel !== 'web')
      .map(({ statusAt, ...rest }) => rest),
    outbox: sent.map(({ id, notBefore, changed, ...row }) => row),
    synced: { profile: synced.body.profile, consent: synced.body.consent, asks: synced.body.asks },
  };
}

test('whatever a write key says of a person, what is known, allowed, decided and sent stays', {
  skip,
}, async (t) => {
  const worlds = {};
  for (const order of Object.keys(orders)) {
    worlds[order] = await started(t);
    await live(worlds[order], orders[order]);
  }
  const quiet = worlds['nobody strikes'];
  // A key made by another process counts from the next second on.
  for (const world of Object.values(worlds)) {
    await until('the identity key counts', async () => {
      const body = { token: token('ann-1', world.identity) };
      return (await world.call('/v1/sync', world.write_key, body)).body.identity.proved;
    });
  }
  for (const [at, name] of names.entries()) {
    const undisturbed = await standing(quiet, at + 1);
    assert.equal(undisturbed.traits.plan.value, 'gold');
    assert.deepEqual(undisturbed.consent, { marketing: true });
    assert.ok(
      undisturbed.outbox.length >= 2 && undisturbed.decisions.length >= 3,
      'there is something to lose',
    );
    for (const order of Object.keys(orders).slice(1)) {
      await t.test(`${name}, ${order}`, async () => {
        assert.deepEqual(await standing(worlds[order], at + 1), undisturbed);
      });
    }
  }
});

test('a write key reads, reports and erases nothing, and no forged token proves', { skip }, async (t) => {
  const collector = await started(t);
  await live(collector, orders['nobody strikes']);
  const { call, write_key: key, url } = collector;
  const receipt = { outcome: 'delivered', decisionId: 'd-cart-1~cart~email', userId: 'ann-1' };
  assert.equal((await call('/v1/receipts', key, receipt)).status, 403);
  assert.equal((await call('/v1/decide', key, { userId: 'ann-1' })).status, 403);
  for (const path of ['', '/events', '/consent', '/ledger', '/decisions', '/explain', '/history']) {
    assert.equal((await call(`/v1/profiles/userId:ann-1${path}`, key)).status, 403);
  }
  const erased = await fetch(`${url}/v1/profiles/userId:ann-1?k=${key}`, { method: 'DELETE' });
  assert.equal(erased.status, 403);
  const genuine = token('ann-1', collector.identity);
  const [head, claims, signature] = genuine.split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const mallory = Buffer.from('{"sub":"ann-2","exp":4000000000}').toString('base64url');
  const forged = [
    `${none}.${claims}.`,
    `${none}.${claims}.${signature}`,
    `${head}.${mallory}.${signature}`,
    token('ann-1', key),
    token('ann-1', ''),
    `${head}.${claims}`,
    `${genuine}x`,
  ];
  for (const text of forged) {
    const { status, body } = await call('/v1/sync', key, { anonymousId: 'evil', token: text, batch: [] });
    assert.equal(status, 200);
    assert.equal(body.identity.proved, false);
    assert.ok(!('state' in body) && !('profile' in body) && !('consent' in body), JSON.stringify(body));
  }
  const bare = await call('/v1/sync', key, { anonymousId: 'phone-1', userId: 'ann-1', batch: [] });
  assert.deepEqual(Object.keys(bare.body).sort(), [
    'accepted',
    'cursor',
    'duplicates',
    'rejected',
    'success',
  ]);
});
