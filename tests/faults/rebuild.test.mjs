// Other identifier rules: all is folded anew beside what is served. Killed again and again it goes on where it was,
// requests are taken meanwhile and see what was there before, and it ends as if the rules had held from the start.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, randomFrom, serve } from './collector.mjs';
import { call } from './load.mjs';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const people = 1000;
const eventsEach = 48;

const journeyBy = (identifiers) => `{ "schema": "desirepath/journey/1", "journey": "shop", "version": 1,
  "identifiers": { ${identifiers} }, "behaviors": { "viewed": { "event": "Product Viewed" } },
  "triggers": [{ "id": "guide", "event": "Product Viewed", "when": { "behaviors.viewed": { "$gte": 3 } },
    "do": [{ "channel": "web", "slot": "hero" }], "outcome": { "behavior": "viewed", "within": "1d" } }] }`;

function run(...words) {
  const ran = spawnSync(binary, words, { encoding: 'utf8', maxBuffer: 1 << 30 });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

function eventsOf(random) {
  const lines = [];
  for (let i = 0; i < people * eventsEach; ++i) {
    const device = `d${Math.floor(random() * people)}`;
    const event = {
      messageId: `m${i}`,
      anonymousId: device,
      timestamp: new Date(Date.UTC(2026, 8, 1) + Math.floor(random() * 86_400_000)).toISOString(),
    };
    const email = `p${Math.floor(random() * people * 4)}@example.com`;
    lines.push(
      JSON.stringify(
        i % 8 === 0
          ? { ...event, type: 'identify', traits: { email } }
          : { ...event, type: 'track', event: 'Product Viewed', properties: { sku: `s${i % 50}` } },
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

test(`kill -9 while all is folded anew (SEED=${seed})`, { timeout: 600_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'desirepath-rebuild-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const random = randomFrom(seed);
  const [before, after, file] = ['before.json', 'after.json', 'events.jsonl'].map((name) =>
    join(folder, name),
  );
  await writeFile(before, journeyBy(''));
  await writeFile(after, journeyBy('"email": { "trait": "email", "unique": true, "priority": 1 }'));
  await writeFile(file, eventsOf(random));
  const [data, expected] = [join(folder, 'data'), join(folder, 'expected')];
  run('import', file, '--data', data, '--journey', before);
  run('import', file, '--data', expected, '--journey', after);
  const old = run('export', 'profiles', '--data', data, '--journey', before);

  const late = [];
  let killed = 0;
  let secret;
  for (let lifeMs = 50; ; lifeMs += 50) {
    const collector = await serve(t, data, ['--journey', after]);
    secret ??= collector.ready.secret_key;
    const bearer = { headers: { authorization: `Bearer ${secret}` } };
    const progress = async () =>
      JSON.parse((await call(undefined, `${collector.ready.ops_url}/ready`)).text).rebuild;
    if ((await progress()) === undefined) {
      await collector.stop('SIGKILL');
      break;
    }
    const id = `late${late.length}`;
    const event = {
      type: 'track',
      event: 'Product Viewed',
      messageId: id,
      anonymousId: 'd1',
      timestamp: '2026-09-03T00:00:00Z',
    };
    const answer = await call(undefined, `${collector.ready.url}/v1/batch?k=${secret}`, {
      method: 'POST',
      body: JSON.stringify({ batch: [event] }),
    });
    assert.equal(answer.status, 200, answer.text);
    late.push(event);
    const profiles = await call(undefined, `${collector.ready.url}/v1/export/profiles`, bearer);
    if ((await progress()) !== undefined)
      assert.equal(profiles.text, old, 'what is read is what was there before');
    await new Promise((resolve) => setTimeout(resolve, random() * lifeMs));
    await collector.stop('SIGKILL');
    ++killed;
  }
  assert.ok(killed > 1, 'it was killed on the way');
  t.diagnostic(`killed ${killed} times`);
  const other = await serve(t, expected, ['--journey', after]);
  const sent = await call(undefined, `${other.ready.url}/v1/batch?k=${other.ready.secret_key}`, {
    method: 'POST',
    body: JSON.stringify({ batch: late }),
  });
  assert.equal(sent.status, 200, sent.text);
  await other.stop('SIGTERM');
  for (const subject of ['profiles', 'decisions']) {
    const lines = (of) =>
      run('export', subject, '--data', of, '--journey', after).replaceAll(/,"revision":\d+/g, '');
    const standing = (of) =>
      lines(of)
        .split('\n')
        .filter((line) => !line.includes('"retracted":true'));
    assert.deepEqual(standing(data), standing(expected), subject);
  }
  assert.ok(!existsSync(join(data, 'rebuild.db')), 'nothing is left beside');
});
