// What is to be forgotten is forgotten, whenever the collector dies: erasures and the retention sweep, `kill -9` at random
// moments. Afterwards no byte of it is in any file, and everything else is as if it had never been there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, randomFrom, serve } from './collector.mjs';
import { call } from './load.mjs';
import { until } from './until.mjs';

const rounds = Number(process.env.ROUNDS ?? 20);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const day = 24 * 3_600_000;

function folder(t) {
  const made = mkdtempSync(join(tmpdir(), 'desirepath-forget-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function exported(data, subject) {
  const ran = spawnSync(binary, ['export', subject, '--data', data], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

/** What is in a file; nothing where it went since it was listed. */
function bytesOf(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** The files of the directory in which one of the texts stands. */
function filesWith(data, texts) {
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.path, entry.name))
    .filter((file) => {
      const bytes = bytesOf(file);
      return texts.some((text) => bytes.includes(text));
    });
}

async function send(ready, key, batch) {
  const answer = await call(undefined, `${ready.url}/v1/batch?k=${key}`, {
    method: 'POST',
    body: JSON.stringify({ batch }),
  });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

async function folded(ready, cursor) {
  await until('everything is folded', async () => {
    const text = await (await fetch(`${ready.ops_url}/metrics`)).text();
    return Number(/^desirepath_fold_cursor (\d+)/m.exec(text)[1]) >= Number(cursor);
  });
}

const others = (random, count) =>
  Array.from({ length: count }, (_, i) => ({
    type: 'track',
    event: 'Product Viewed',
    messageId: `other-${i}`,
    anonymousId: `neighbour-${Math.floor(random() * 15)}`,
    timestamp: new Date(Date.now() - day - i * 1000).toISOString(),
    properties: { note: 'unrelated' },
  }));

/** A person on three devices with two names, linked to each other in many events. */
const person = (name, count) =>
  Array.from({ length: count }, (_, i) => ({
    type: i % 7 === 0 ? 'identify' : 'track',
    ...(i % 7 === 0 ? { traits: { email: `${name}@example.com` } } : { event: 'Product Viewed' }),
    messageId: `${name}-m${i}`,
    anonymousId: `${name}-device-${i % 3}`,
    userId: `${name}-user`,
    timestamp: new Date(Date.now() - day - i * 900).toISOString(),
    properties: { note: `${name}-secret` },
  }));

test(`${rounds} erasures, killed (SEED=${seed})`, { timeout: 600_000 }, async (t) => {
  const random = randomFrom(seed);
  const home = folder(t);
  const data = join(home, 'data');
  const rest = others(random, 300);
  let keys;
  const erase = (ready, who) =>
    call(undefined, `${ready.url}/v1/profiles/${encodeURIComponent(who)}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${keys.admin_key}` },
    });
  const first = await serve(t, data);
  keys = first.ready;
  await send(first.ready, keys.secret_key, rest);
  await first.stop();
  for (let round = 0; round < rounds; ++round) {
    const name = `lovelace${round}`;
    const collector = await serve(t, data);
    const { cursor } = await send(collector.ready, keys.secret_key, person(name, 150));
    await folded(collector.ready, cursor);
    const asked = erase(collector.ready, `userId:${name}-user`).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, random() * 40));
    await collector.stop('SIGKILL');
    const answered = await asked;

    const again = await serve(t, data);
    const read = await call(undefined, `${again.ready.url}/v1/profiles/userId:${name}-user`, {
      headers: { authorization: `Bearer ${keys.secret_key}` },
    });
    // Answered is done; unanswered is done wholly or not at all.
    assert.ok([200, 404].includes(read.status), read.text);
    if (answered?.status === 200) assert.equal(read.status, 404);
    if (read.status === 200) {
      const done = await erase(again.ready, `userId:${name}-user`);
      assert.equal(done.status, 200, done.text);
    }
    const traces = [`${name}-`, `${name}@`];
    await until(`nothing of ${name} is in a file`, () => filesWith(data, traces).length === 0);
    await again.stop('SIGKILL');
    assert.deepEqual(filesWith(data, traces), []);
  }
  const undisturbed = join(home, 'undisturbed');
  const other = await serve(t, undisturbed);
  await send(other.ready, other.ready.secret_key, rest);
  await other.stop();
  for (const subject of ['profiles', 'events'])
    assert.equal(exported(data, subject), exported(undisturbed, subject), subject);
});

test(`a retention sweep, killed ${rounds} times (SEED=${seed})`, { timeout: 600_000 }, async (t) => {
  const random = randomFrom(seed);
  const home = folder(t);
  const data = join(home, 'data');
  const events = Array.from({ length: 24_000 }, (_, i) => {
    const isOld = i % 3 !== 0;
    return {
      type: 'track',
      event: 'Product Viewed',
      messageId: `m-${i}`,
      anonymousId: `device-${Math.floor(random() * 4_000)}`,
      timestamp: new Date(Date.now() - (isOld ? 500 : 100) * day - i * 60_000).toISOString(),
      properties: { note: isOld ? `bygone-${i}` : `fresh-${i}` },
    };
  });
  const keptFor = '450d';
  const fill = async (where, all) => {
    const collector = await serve(t, where);
    let cursor;
    for (let at = 0; at < all.length; at += 1_000)
      ({ cursor } = await send(collector.ready, collector.ready.secret_key, all.slice(at, at + 1_000)));
    await folded(collector.ready, cursor);
    await collector.stop();
    return collector.ready;
  };
  const keys = await fill(data, events);
  assert.ok(filesWith(data, ['device-']).length > 0);
  for (let round = 0; round < rounds; ++round) {
    const collector = await serve(t, data, ['--retention', keptFor]);
    await new Promise((resolve) => setTimeout(resolve, 5 + random() * 60));
    await collector.stop('SIGKILL');
  }
  const collector = await serve(t, data, ['--retention', keptFor]);
  await until('what is old is in no file', () => filesWith(data, ['bygone-']).length === 0);
  const late = await send(collector.ready, keys.secret_key, [
    { ...events[1], messageId: 'late' },
    { ...events[0], messageId: 'epoch', timestamp: 0 },
    { ...events[0], messageId: 'future', timestamp: '2099-01-01T00:00:00Z' },
  ]);
  assert.deepEqual(
    late.rejected.map(({ index, code }) => `${index} ${code}`),
    ['0 expired', '1 expired'],
  );
  await folded(collector.ready, late.cursor);
  await collector.stop();
  const left = exported(data, 'events');
  assert.ok(left.includes('"messageId":"future"'));
  const undisturbed = join(home, 'undisturbed');
  await fill(
    undisturbed,
    events.filter((_, i) => i % 3 === 0),
  );
  const without = left
    .split('\n')
    .filter((line) => !line.includes('"messageId":"future"'))
    .join('\n');
  assert.equal(without, exported(undisturbed, 'events'));
});
