// Disks that fill up, break or lose what was not synced: nothing acknowledged is lost, what cannot be durable is refused,
// and the collector goes on by itself when the disk does. CUTS=4 SEED=n node --test tests/faults/disk.test.mjs
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { randomFrom, serve } from './collector.mjs';
import { FaultyDisk } from './faulty_disk.mjs';
import { assertAllStored, call, Load } from './load.mjs';
import { cutPower, readLog } from './power_cut.mjs';

const cuts = Number(process.env.CUTS ?? 4);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const eio = 5;
const enospc = 28;

async function until(what, holds) {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const send = (ready, number, properties = {}) =>
  call(undefined, `${ready.url}/v1/batch?k=${ready.write_key}`, {
    method: 'POST',
    body: JSON.stringify({
      batch: [{ type: 'page', messageId: `page-${number}`, anonymousId: 'stream-0', properties }],
    }),
  });

for (let cut = 0; cut < cuts; ++cut) {
  test(`power cut ${cut + 1}: what was acknowledged is on the disk (SEED=${seed})`, async (t) => {
    const random = randomFrom(seed * 1000 + cut);
    const disk = await FaultyDisk.make(t, 'power');
    const collector = await disk.serve(t, { logged: true });
    const secret = collector.ready.secret_key;
    // Where the fold cannot write, the journal alone has what was acknowledged.
    if (cut % 2 === 0) disk.fail(enospc, 'write', '/profiles.db');
    const load = new Load(random);
    let killed = false;
    const running = load.runAll(collector.ready, () => killed);
    await until('the load is a load', () => load.acknowledged.size > 300);
    await new Promise((resolve) => setTimeout(resolve, random() * 500));
    killed = true;
    await collector.stop('SIGKILL');
    await running;

    const share = [0, 0.5, 1][cut % 3];
    const image = join(disk.folder, 'image');
    cutPower(readLog(disk.log), disk.data, image, () => random() < share);
    const again = await serve(t, image);
    const stored = await assertAllStored(load, again.ready, secret);
    t.diagnostic(
      `${load.acknowledged.size} acknowledged, ${stored.size} stored, ${share} of the unsynced kept`,
    );
    assert.equal(again.ready.write_key, collector.ready.write_key);
    assert.deepEqual(await again.stop('SIGTERM'), [0, null]);
  });
}

test('the journal on a full disk refuses with 503, and takes events again when there is room', async (t) => {
  const disk = await FaultyDisk.make(t, 'full');
  const collector = await disk.serve(t);
  const load = new Load(randomFrom(seed));
  let stopped = false;
  const running = load.runAll(collector.ready, () => stopped);
  await until('it takes events', () => load.acknowledged.size > 100);
  disk.fail(enospc, 'write', '/journal/');
  await until('it refuses', () => load.refused.length > 10);
  const answer = await send(collector.ready, 1);
  assert.equal(answer.status, 503, answer.text);
  assert.equal(JSON.parse(answer.text).error.code, 'not_durable');
  assert.ok(Number(answer.headers['retry-after']) > 0);
  const before = load.acknowledged.size;
  disk.heal();
  await until('it takes events again', () => load.acknowledged.size > before + 100);
  stopped = true;
  await running;
  for (const refusal of load.refused) assert.match(refusal, /^503 .*not_durable/);
  await assertAllStored(load, collector.ready, collector.ready.secret_key);
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});

test('profiles on a full disk wait: events are taken, and folded when there is room', async (t) => {
  const disk = await FaultyDisk.make(t, 'profiles');
  const collector = await disk.serve(t);
  const load = new Load(randomFrom(seed));
  disk.fail(enospc, 'write', '/profiles.db');
  let stopped = false;
  const running = load.runAll(collector.ready, () => stopped);
  await until('it takes events', () => load.acknowledged.size > 200);
  await until('it says what is wrong', () => collector.errors().length > 0);
  stopped = true;
  await running;
  disk.heal();
  await assertAllStored(load, collector.ready, collector.ready.secret_key);
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});

for (const [name, operation] of [
  ['a sync that fails', 'sync'],
  ['a write that fails', 'write'],
]) {
  test(`${name} with EIO: nothing is acknowledged that is not on the disk`, async (t) => {
    const disk = await FaultyDisk.make(t, 'eio');
    const collector = await disk.serve(t, { logged: true });
    const secret = collector.ready.secret_key;
    const load = new Load(randomFrom(seed));
    let stopped = false;
    const running = load.runAll(collector.ready, () => stopped);
    await until('it takes events', () => load.acknowledged.size > 100);
    disk.fail(eio, operation, '/journal/');
    await until('it refuses', () => load.refused.length > 10);
    const during = load.acknowledged.size;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(load.acknowledged.size, during, 'acknowledged while no sync succeeds');
    disk.heal();
    await until('it goes on', () => load.acknowledged.size > during + 100);
    stopped = true;
    await running;
    await collector.stop('SIGKILL');
    // The power goes, too: what a failed sync left in memory never came to the disk.
    const image = join(disk.folder, 'image');
    cutPower(readLog(disk.log), disk.data, image, () => false);
    const again = await serve(t, image);
    await assertAllStored(load, again.ready, secret);
    assert.deepEqual(await again.stop('SIGTERM'), [0, null]);
  });
}

test('a small disk that is really full', async (t) => {
  const mount = await mkdtemp(join(tmpdir(), 'desirepath-tmpfs-'));
  t.after(() => {
    spawnSync('umount', ['-l', mount]);
    return rm(mount, { recursive: true, force: true });
  });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', mount]);
  if (mounted.status !== 0)
    return t.skip('mounting a tmpfs is not allowed here; the cases above stand for it');
  const collector = await serve(t, join(mount, 'data'));
  const ballast = join(mount, 'ballast');
  await writeFile(ballast, Buffer.alloc(8 << 20));
  const filler = 'x'.repeat(20_000);
  const acknowledged = [];
  let number = 0;
  let refused = 0;
  while (refused < 3) {
    const answer = await send(collector.ready, number, { filler: `${number}${filler}` });
    if (answer.status === 200) acknowledged.push(`page-${number}`);
    else assert.equal(answer.status, 503, answer.text);
    refused += answer.status === 503 ? 1 : 0;
    ++number;
    assert.ok(number < 10_000, 'the disk never fills');
  }
  await rm(ballast);
  let cursor;
  await until('it takes events again', async () => {
    const answer = await send(collector.ready, number++);
    if (answer.status !== 200) return false;
    acknowledged.push(`page-${number - 1}`);
    cursor = JSON.parse(answer.text).cursor;
    return true;
  });
  const events = await call(
    undefined,
    `${collector.ready.url}/v1/profiles/anonymousId:stream-0/events?limit=10000&after=${cursor}&wait=10000`,
    { headers: { authorization: `Bearer ${collector.ready.secret_key}` } },
  );
  assert.equal(events.status, 200, events.text);
  const stored = new Set(JSON.parse(events.text).events.map(({ event }) => event.messageId));
  assert.deepEqual(
    acknowledged.filter((id) => !stored.has(id)),
    [],
  );
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});

test('a clock that jumps a year, forward and back: no event is lost, and profiles still answer', async (t) => {
  const disk = await FaultyDisk.make(t, 'clock');
  await mkdir(disk.folder, { recursive: true });
  const journey = join(disk.folder, 'shop.journey.json');
  await writeFile(
    journey,
    `{ "schema": "desirepath/journey/1", "journey": "shop", "version": 1,
      "channels": { "email": {} },
      "triggers": [
        { "id": "welcome", "event": "Signed Up", "do": [{ "channel": "email", "destination": "esp" }], "cap": { "times": 1, "per": "7d" } },
        { "id": "later", "after": { "event": "Signed Up" }, "for": "30d", "do": [{ "channel": "email", "destination": "esp" }] }],
      "destinations": { "esp": { "type": "webhook", "url": "https://example.com/hook", "secret": "s" } } }`,
  );
  const collector = await disk.serve(t, { options: ['--journey', journey] });
  const { url, secret_key: secret } = collector.ready;
  const headers = { authorization: `Bearer ${secret}` };
  const yearMs = 365 * 24 * 3_600_000;
  let number = 0;
  let cursor = '0';
  const signUp = async () => {
    const answer = await call(undefined, `${url}/v1/batch`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        batch: [{ type: 'track', event: 'Signed Up', messageId: `m-${number++}`, userId: 'u' }],
      }),
    });
    assert.equal(answer.status, 200, answer.text);
    cursor = JSON.parse(answer.text).cursor;
  };
  const outbox = async () => {
    const answer = await call(undefined, `${url}/v1/outbox?after=${cursor}&wait=10000`, { headers });
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text).outbox;
  };
  await signUp();
  assert.deepEqual(
    (await outbox()).map((row) => `${row.trigger} ${row.state}`),
    ['welcome waiting'],
  );
  disk.setClock(-yearMs);
  await signUp(); // a year ago, and the cap's week is on either side of now
  disk.setClock(yearMs);
  await signUp(); // in a year: the cap is free again
  await until('the wait of a month runs out', async () => (await outbox()).length >= 2);
  disk.setClock(0);
  await signUp();
  const rows = await outbox();
  const welcomes = rows
    .filter((row) => row.trigger === 'welcome' && row.state === 'waiting')
    .map((row) => Date.parse(row.timestamp));
  welcomes.sort((one, other) => one - other);
  for (let i = 1; i < welcomes.length; ++i)
    assert.ok(welcomes[i] - welcomes[i - 1] >= 7 * 24 * 3_600_000, 'two within a week');
  const events = await call(undefined, `${url}/v1/profiles/userId:u/events?after=${cursor}&wait=10000`, {
    headers,
  });
  const stored = JSON.parse(events.text).events.map(({ event }) => event.messageId);
  for (let i = 0; i < number; ++i) assert.ok(stored.includes(`m-${i}`), `m-${i} is lost`);
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});
