// The engine's own object: what an outcome holds, and what the state says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEngine } from 'desirepath/node';
import { compiledOf, missing as skip } from './support/program.mjs';

const kStart = Date.UTC(2026, 0, 1);

const viewed = (number, properties = {}) => ({
  type: 'track',
  event: 'Viewed',
  messageId: `m${number}`,
  timestamp: kStart + number,
  properties,
});

const contest = {
  triggers: ['first', 'second'].map((id, index) => ({
    id,
    event: 'Viewed',
    priority: -index,
    do: [{ channel: 'web', slot: 'hero', content: { headline: id, deep: { list: [1] } } }],
  })),
};

test('an outcome outlives the next step, and says the same whichever part is read first', {
  skip,
}, async () => {
  const engine = await loadEngine({ program: compiledOf(contest) });
  const outcomes = [1, 2, 3].map((number) => engine.step(viewed(number)));
  for (const [index, outcome] of outcomes.entries()) {
    const [fired] = outcome.fired;
    assert.deepEqual(
      outcome.decisions.map(({ decisionId, outcome, reason, timestamp, anchor, slot, content }) => [
        decisionId,
        outcome,
        reason,
        timestamp,
        anchor,
        slot,
        content?.headline,
      ]),
      [
        [`m${index + 1}~first~web`, 'fired', null, kStart + index + 1, `m${index + 1}`, 'hero', 'first'],
        [
          `m${index + 1}~second~web`,
          'suppressed',
          'lower_priority',
          kStart + index + 1,
          `m${index + 1}`,
          'hero',
          undefined,
        ],
      ],
    );
    assert.deepEqual(outcome.fired, [fired]);
    assert.deepEqual(outcome.decisions[0], fired);
  }
});

test('content is shared by decisions, so nobody can write to it', { skip }, async () => {
  const engine = await loadEngine({ program: compiledOf(contest) });
  const [{ content }] = engine.step(viewed(1)).fired;
  assert.throws(() => content.deep.list.push(2), TypeError);
  assert.equal(engine.step(viewed(2)).fired[0].content, content);
});

test('what the state says about the person', { skip }, async () => {
  const program = compiledOf({
    behaviors: {
      views: { event: 'Viewed' },
      latest: { event: 'Viewed', last: 'properties.name' },
      interest: { event: 'Viewed', affinity: 'properties.category', half_life: '1d' },
      bought: { event: 'Bought', last: 'properties.name' },
    },
    scores: {
      loyalty: { half_life: '1d', add: [{ event: 'Viewed', points: 8 }], tiers: { some: 4, much: 100 } },
    },
    models: { buys: { type: 'logistic', intercept: 0, terms: [] } },
    audiences: { lookers: { 'behaviors.views': { $gte: 2 } }, buyers: { 'behaviors.bought': 'x' } },
    stages: [
      {
        id: 'look',
        owner: 'web',
        intent: 'look',
        enter: { event: 'Viewed' },
        kpis: [{ id: 'k', formula: 'conversion(look, look, 1d)', target: 0.1 }],
      },
    ],
  });
  const engine = await loadEngine({ program });
  engine.step(viewed(1, { name: 'boots', category: 'shoes' }));
  engine.step(viewed(2, { name: 'tent', category: 'camp' }));
  assert.deepEqual(engine.report(kStart + 2 + 86400_000), {
    stage: 'look',
    stageSince: kStart + 1,
    behaviors: { views: 2, latest: 'tent', interest: ['camp', 'shoes'], bought: null },
    audiences: ['lookers'],
    scores: { loyalty: engine.report(kStart + 2 + 86400_000).scores.loyalty },
    tiers: { loyalty: 'some' },
    propensity: { buys: 0.5 },
  });
  assert.ok(Math.abs(engine.report(kStart + 2 + 86400_000).scores.loyalty - 8) < 1e-6);
});

test('a program is refused by its place, a build by what it lacks', { skip }, async () => {
  const program = compiledOf({
    scores: { loyalty: { half_life: '1d', add: [{ event: 'Viewed', points: 8 }] } },
    triggers: [{ ...contest.triggers[0], when: { 'scores.loyalty': { $gte: 1 } } }],
  });
  await assert.rejects(loadEngine({ program, wasm: 'core' }), /needs score, which this build has not/);
  assert.equal((await loadEngine({ program })).step(viewed(1)).fired.length, 1);
  program[20] ^= 0xff;
  await assert.rejects(loadEngine({ program: program.subarray(0, -1) }), /not a program .*at byte \d+/);
});

test('a trigger is explained fact by fact, by the build that can', { skip }, async () => {
  const program = compiledOf({
    behaviors: { views: { event: 'Viewed', within: '1d', keep: 2 } },
    audiences: { keen: { 'behaviors.views': { $gt: 1 } } },
    channels: { email: { consent: 'marketing' } },
    triggers: [
      contest.triggers[0],
      {
        id: 'asked',
        event: 'Viewed',
        where: {
          'properties.list': { $in: ['a', { b: [1.5, null, true] }] },
          'properties.name': { $type: 'boolean' },
        },
        when: {
          'audiences.keen': true,
          $or: [{ 'properties.price': { $gte: 5 } }, { 'properties.name': { $regex: '^b' } }],
        },
        do: [{ channel: 'web', slot: 'hero' }, { channel: 'email' }],
      },
    ],
  });
  const engine = await loadEngine({ program, wasm: 'explain' });
  engine.step(viewed(1));
  engine.step(viewed(2));
  engine.step(viewed(3));
  const before = engine.save();
  const event = viewed(4, { list: { b: [1.5, null, true] }, name: 'böots', price: 4 });
  assert.deepEqual(engine.explain('asked', kStart + 5, event), {
    trigger: 'asked',
    enabled: true,
    where: false,
    armed: true,
    when: true,
    conditions: [
      { part: 'where', depth: 0, op: '$and', held: false },
      {
        part: 'where',
        depth: 1,
        fact: 'properties.list',
        op: '$in',
        than: ['a', { b: [1.5, null, true] }],
        value: { b: [1.5, null, true] },
        held: true,
      },
      {
        part: 'where',
        depth: 1,
        fact: 'properties.name',
        op: '$type',
        than: 'boolean',
        value: 'böots',
        held: false,
      },
      { part: 'when', depth: 0, op: '$and', held: true },
      { part: 'when', depth: 1, fact: 'audiences.keen', op: '$eq', than: true, value: true, held: true },
      {
        part: 'when',
        depth: 2,
        audience: 'keen',
        fact: 'behaviors.views',
        op: '$gt',
        than: 1,
        value: 2,
        held: true,
        inexact: true,
      },
      { part: 'when', depth: 1, op: '$or', held: true },
      { part: 'when', depth: 2, fact: 'properties.price', op: '$gte', than: 5, value: 4, held: false },
      { part: 'when', depth: 2, fact: 'properties.name', op: '$regex', value: 'böots', held: true },
    ],
    actions: [
      { channel: 'web', slot: 'hero' },
      { channel: 'email', reason: 'consent' },
    ],
  });
  const later = engine.explain('asked', kStart + 3 * 86400_000);
  assert.deepEqual([later.where, later.when], [false, false]);
  assert.equal(later.conditions.find(({ fact }) => fact === 'properties.list').value, undefined);
  assert.equal(engine.explain('nothing', kStart), null);
  assert.throws(() => engine.explain('asked', kStart, viewed(5, { list: 'x'.repeat(70_000) })), RangeError);
  assert.deepEqual(engine.save(), before);
  const full = await loadEngine({ program });
  assert.throws(() => full.explain('asked', kStart), /explain\.wasm/);
});

test('a trigger that waits is explained with the time it is due', { skip }, async () => {
  const program = compiledOf({
    triggers: [
      {
        id: 'rescue',
        after: { event: 'Viewed' },
        absent: { event: 'Bought' },
        for: '1h',
        do: [{ channel: 'web', slot: 'hero' }],
      },
    ],
  });
  const engine = await loadEngine({ program, wasm: 'explain' });
  assert.equal(engine.explain('rescue', kStart).due, undefined);
  engine.step(viewed(1));
  assert.equal(engine.explain('rescue', kStart + 5).due, kStart + 1 + 3600_000);
});
