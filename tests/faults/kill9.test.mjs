// Promise 3: acknowledged means durable. Rounds of load and exports, `kill -9` at a random moment and restart; at the end
// every acknowledged event is in the collector, none is there twice, and profiles and decisions are those of a collector
// that got the same events undisturbed.
//
// ROUNDS=100 SEED=n node --test tests/faults/kill9.test.mjs; scripts/faults runs a thousand
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, randomFrom, serve } from './collector.mjs';
import { assertAllStored, call, Load } from './load.mjs';

const rounds = Number(process.env.ROUNDS ?? 100);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const lifeMsMin = 30;
const lifeMsSpread = 250;

const journey = `{ "schema": "desirepath/journey/1", "journey": "shop", "version": 1,
  "behaviors": { "viewed": { "event": "Product Viewed" } },
  "triggers": [{ "id": "guide", "event": "Product Viewed", "when": { "behaviors.viewed": { "$gte": 3 } },
    "do": [{ "channel": "web", "slot": "hero" }], "outcome": { "behavior": "viewed", "within": "1d" } }] }`;

function run(...words) {
  const ran = spawnSync(binary, words, { encoding: 'utf8', maxBuffer: 1 << 30 });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

/** Reads exports over and over until the collector dies. */
async function keepExporting(ready, secret, stopped) {
  while (!stopped()) {
    try {
      const answer = await call(undefined, `${ready.url}/v1/export/events`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      assert.equal(answer.status, 200, answer.text);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
    }
  }
}

test(`${rounds} rounds of kill -9 under load (SEED=${seed})`, { timeout: 3_600_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'desirepath-kill9-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  const journeyFile = join(folder, 'shop.journey.json');
  await writeFile(journeyFile, journey);
  const random = randomFrom(seed);
  const load = new Load(random);
  let secret;
  for (let round = 0; round < rounds; ++round) {
    const collector = await serve(t, data, ['--journey', journeyFile]);
    secret ??= collector.ready.secret_key;
    let killed = false;
    const running = [
      load.runAll(collector.ready, () => killed),
      ...(round % 3 === 0 ? [keepExporting(collector.ready, secret, () => killed)] : []),
    ];
    await new Promise((resolve) => setTimeout(resolve, lifeMsMin + random() * lifeMsSpread));
    killed = true;
    const [, signal] = await collector.stop('SIGKILL');
    assert.equal(signal, 'SIGKILL', `it ended by itself: ${collector.errors()}`);
    await Promise.all(running);
  }
  assert.ok(load.acknowledged.size > rounds, 'the load was a load');
  assert.deepEqual(load.refused, [], 'nothing was refused');

  const collector = await serve(t, data, ['--journey', journeyFile]);
  const stored = await assertAllStored(load, collector.ready, secret);
  t.diagnostic(`${load.acknowledged.size} events acknowledged, ${stored.size} stored, ${load.made} made`);
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);

  const lines = run('export', 'events', '--data', data).split('\n').slice(0, -1);
  // What was journaled and killed before its acknowledgement may be folded since.
  const ids = new Set(lines.map((line) => JSON.parse(line).messageId));
  assert.equal(ids.size, lines.length, 'no event is there twice');
  assert.ok(
    [...stored.keys()].every((id) => ids.has(id)),
    'what was stored stays',
  );
  const undisturbed = join(folder, 'undisturbed');
  const other = await serve(t, undisturbed, ['--journey', journeyFile]);
  for (let at = 0; at < lines.length; at += 500) {
    const answer = await call(undefined, `${other.ready.url}/v1/batch?k=${other.ready.write_key}`, {
      method: 'POST',
      body: `{"batch":[${lines.slice(at, at + 500).join(',')}]}`,
    });
    assert.equal(JSON.parse(answer.text).accepted, Math.min(500, lines.length - at), answer.text);
  }
  assert.deepEqual(await other.stop('SIGTERM'), [0, null]);
  for (const subject of ['profiles', 'events', 'decisions']) {
    const standing = (text) =>
      text
        .split('\n')
        .filter((line) => !line.includes('"retracted":true'))
        .map((line) => line.replace(/,"revision":\d+/, ''))
        .join('\n');
    assert.equal(
      standing(run('export', subject, '--data', data)),
      standing(run('export', subject, '--data', undisturbed)),
      subject,
    );
  }
});

const mailJourney = `{ "schema": "desirepath/journey/1", "journey": "mail", "version": 1,
  "channels": { "email": {} },
  "triggers": [{ "id": "guide", "event": "Product Viewed", "freshness": "10y", "cap": { "times": 2, "per": "1d" },
    "do": [{ "channel": "email", "destination": "esp", "content": { "template": "guide" } }] }],
  "destinations": { "esp": { "type": "webhook", "url": "https://example.com/hook", "secret": "s" } } }`;

test('after kill -9 each row of the outbox has its reservation, and no cap is passed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'desirepath-outbox-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  const journeyFile = join(folder, 'mail.journey.json');
  await writeFile(journeyFile, mailJourney);
  const random = randomFrom(seed);
  const load = new Load(random);
  let secret;
  for (let round = 0; round < Math.ceil(rounds / 4); ++round) {
    const collector = await serve(t, data, ['--journey', journeyFile]);
    secret ??= collector.ready.secret_key;
    let killed = false;
    const running = load.runAll(collector.ready, () => killed);
    await new Promise((resolve) => setTimeout(resolve, lifeMsMin + random() * lifeMsSpread));
    killed = true;
    await collector.stop('SIGKILL');
    await running;
  }
  const collector = await serve(t, data, ['--journey', journeyFile]);
  await assertAllStored(load, collector.ready, secret);
  const answer = await call(undefined, `${collector.ready.url}/v1/outbox?limit=1000`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  assert.equal(answer.status, 200, answer.text);
  const rows = JSON.parse(answer.text).outbox;
  assert.ok(rows.length > 0, 'somebody is written to');
  const facts = run('export', 'events', '--data', data, '--where', '{"event":{"$regex":"^Decision "}}')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  const ids = (name) =>
    facts
      .filter((fact) => fact.event === name)
      .map((fact) => fact.properties.decisionId)
      .sort();
  const acted = rows.filter((row) => row.state !== 'held');
  assert.deepEqual(ids('Decision Reserved'), acted.map((row) => row.decisionId).sort());
  assert.deepEqual(
    ids('Decision Released'),
    acted
      .filter((row) => row.state === 'withdrawn')
      .map((row) => row.decisionId)
      .sort(),
  );
  const waiting = new Map();
  for (const row of acted.filter((row) => row.state === 'waiting')) {
    waiting.set(row.profile, (waiting.get(row.profile) ?? 0) + 1);
  }
  for (const [profile, count] of waiting)
    assert.ok(count <= 2, `${count} for ${profile} within the cap's window`);
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});
