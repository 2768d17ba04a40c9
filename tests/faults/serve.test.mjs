// `desirepath serve` as an operator meets it: the ready line, keys, signals, and every way it refuses to start.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, serve } from './collector.mjs';
import { until } from './until.mjs';

const journey = (version, stage = 'evaluate') => `{
  "schema": "desirepath/journey/1", "journey": "shop", "version": ${version},
  "stages": [{ "id": "${stage}", "owner": "product", "intent": "choose with confidence",
    "enter": { "event": "Product Viewed" },
    "kpis": [{ "id": "k", "formula": "conversion(${stage}, ${stage}, 14d)", "target": 0.1 }] }] }`;

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'desirepath-serve-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Runs a command that must refuse: exit code 1, nothing on stdout. Returns the lines of stderr. */
function refused(args) {
  const run = spawnSync(binary, args, { encoding: 'utf8', timeout: 30_000 });
  assert.equal(run.status, 1, run.stderr);
  assert.equal(run.stdout, '');
  return run.stderr.trimEnd().split('\n');
}

test('no other user of the machine reads what is stored, backed up or exported, whoever made the directory', async (t) => {
  const root = await folder(t);
  const data = join(root, 'data');
  await mkdir(data, { mode: 0o755 });
  const collector = await serve(t, data);
  await fetch(`${collector.ready.url}/v1/track?k=${collector.ready.write_key}`, {
    method: 'POST',
    body: '{"event":"Order Completed","anonymousId":"ada"}',
  });
  const run = (...args) => spawnSync(binary, [...args, '--data', data], { encoding: 'utf8' });
  assert.equal(run('export', 'profiles', '--out', join(root, 'profiles.jsonl')).status, 0);
  assert.equal(run('backup', '--out', join(root, 'backup')).status, 0);
  await collector.stop();
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter(
    (entry) => !entry.isDirectory(),
  );
  assert.ok(files.length > 5);
  for (const file of files) {
    const { mode } = await stat(join(file.parentPath, file.name));
    assert.equal(mode & 0o077, 0, `${file.name}: ${(mode & 0o777).toString(8)}`);
  }
});

test('the first start prints all keys, later ones the public one; secrets are nowhere on disk', async (t) => {
  const data = join(await folder(t), 'data');
  const first = await serve(t, data);
  assert.equal(first.ready.ready, true);
  assert.match(first.ready.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(first.ready.ops_url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(first.ready.write_key, /^dpw_/);
  assert.match(first.ready.secret_key, /^dps_/);
  assert.match(first.ready.admin_key, /^dpa_/);
  assert.equal((await fetch(`${first.ready.ops_url}/health`)).status, 200);
  assert.deepEqual(await first.stop('SIGTERM'), [0, null]);
  const stored = (await readFile(join(data, 'keys.db'))).toString('latin1');
  assert.ok(stored.includes(first.ready.write_key));
  assert.ok(!stored.includes(first.ready.secret_key.slice(8)));

  const second = await serve(t, data);
  assert.equal(second.ready.write_key, first.ready.write_key);
  assert.equal(second.ready.secret_key, undefined);
  const profile = `${second.ready.url}/v1/profiles/userId:nobody`;
  const read = (key) => fetch(profile, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await read(first.ready.secret_key)).status, 404);

  const made = spawnSync(binary, ['keys', 'create', '--data', data, '--kind', 'viewer'], {
    encoding: 'utf8',
  });
  const viewer = made.stdout.trim();
  await until('a new key counts', async () => (await read(viewer)).status === 404);
  const listed = spawnSync(binary, ['keys', 'list', '--data', data], { encoding: 'utf8' }).stdout;
  const keys = listed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    keys.map((key) => key.kind),
    ['write', 'secret', 'admin', 'viewer'],
  );
  assert.ok(!listed.includes(viewer));
  assert.equal(spawnSync(binary, ['keys', 'revoke', '--data', data, String(keys[3].id)]).status, 0);
  await until('a revoked key counts no more', async () => (await read(viewer)).status === 401);
  assert.deepEqual(await second.stop('SIGTERM'), [0, null]);
});

test('SIGTERM answers what is under way, also a read that waits, and ends streams', async (t) => {
  const data = join(await folder(t), 'data');
  const collector = await serve(t, data);
  const { url, secret_key: secret } = collector.ready;
  const stream = await fetch(`${url}/v1/stream?k=${secret}`);
  const reader = stream.body.getReader();
  await reader.read();
  const waiting = fetch(`${url}/v1/profiles/userId:u?after=99&wait=1500`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  await until('the collector has begun both requests', async () => {
    const metrics = await (await fetch(`${collector.ready.ops_url}/metrics`)).text();
    return Number(/^desirepath_http_requests_begun_total (\d+)$/m.exec(metrics)[1]) >= 2;
  });
  const ended = collector.stop('SIGTERM');
  assert.equal((await waiting).status, 504);
  while (!(await reader.read()).done);
  assert.deepEqual(await ended, [0, null]);
});

test('a directory in use, unwritable or absent, a port in use: one clear line and exit 1', async (t) => {
  const root = await folder(t);
  const collector = await serve(t, join(root, 'data'));
  const inUse = refused(['serve', '--data', join(root, 'data'), '--port', '0', '--ops-port', '0']);
  assert.equal(inUse.length, 1);
  assert.match(inUse[0], /in use by serve \(process \d+\)/);

  const port = new URL(collector.ready.url).port;
  const taken = refused(['serve', '--data', join(root, 'other'), '--port', port, '--ops-port', '0']);
  assert.equal(taken.length, 1);
  assert.match(taken[0], new RegExp(`127\\.0\\.0\\.1:${port}.*in use`, 'i'));
  await collector.stop();

  const other = createServer();
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
  const foreign = String(other.address().port);
  assert.match(
    refused(['serve', '--data', join(root, 'other'), '--port', '0', '--ops-port', foreign])[0],
    /in use/i,
  );
  other.close();

  await writeFile(join(root, 'file'), '');
  for (const data of [join(root, 'file'), join(root, 'no', 'parent'), '/proc/1/nowhere']) {
    const lines = refused(['serve', '--data', data, '--port', '0', '--ops-port', '0']);
    assert.equal(lines.length, 1);
    assert.ok(lines[0].includes(data), lines[0]);
  }
  assert.match(refused(['serve'])[0], /--data DIR is missing/);
  assert.match(
    refused(['serve', '--data', root, '--port', '70000'])[0],
    /--port must be a whole number, from 0 to 65535/,
  );
  assert.match(refused(['serve', '--data', root, '--prot', '1'])[0], /unknown option --prot/);
  assert.match(refused(['serve', '--config', join(root, 'absent.json')])[0], /absent\.json/);
});

test('a journey with mistakes: all of them are listed, nothing starts; at SIGHUP the old one stays', async (t) => {
  const root = await folder(t);
  const file = join(root, 'shop.journey.json');
  await writeFile(file, journey(1).replace('"owner"', '"ownr"').replace('"version": 1', '"version": "x"'));
  const args = ['--data', join(root, 'data'), '--journey', file];
  const lines = refused(['serve', ...args, '--port', '0', '--ops-port', '0']);
  assert.ok(
    lines.filter((line) => /shop\.journey\.json:\d+:\d+: error: /.test(line)).length >= 2,
    lines.join('\n'),
  );

  await writeFile(file, journey(1));
  const collector = await serve(t, join(root, 'data'), ['--journey', file]);
  const etag = async () =>
    (await fetch(`${collector.ready.url}/v1/journeys/shop/program`)).headers.get('etag');
  const before = await etag();
  await writeFile(file, '{ "schema": 1 }');
  process.kill(collector.pid, 'SIGHUP');
  await until('the mistakes are told', () => collector.errors().includes('the one before it stays'));
  assert.match(collector.errors(), /shop\.journey\.json:\d+:\d+: error: /);
  assert.equal(await etag(), before);
  await writeFile(file, journey(2, 'other'));
  process.kill(collector.pid, 'SIGHUP');
  await until('the new journey is served', async () => (await etag()) !== before);
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});

test('a configuration file says what the options leave open', async (t) => {
  const root = await folder(t);
  await writeFile(join(root, 'shop.journey.json'), journey(1));
  await writeFile(
    join(root, 'serve.json'),
    '{ "data": "elsewhere", "journey": "shop.journey.json" } // as files',
  );
  const collector = await serve(t, join(root, 'data'), ['--config', join(root, 'serve.json')]);
  assert.equal((await fetch(`${collector.ready.url}/v1/journeys/default/program`)).status, 200);
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
  assert.ok(await readFile(join(root, 'data', 'keys.db')));
});

test('with the whole journal lost, what is folded stays and what comes is folded', async (t) => {
  const data = join(await folder(t), 'data');
  const store = async (collector, secret, id) => {
    const body = JSON.stringify({ batch: [{ type: 'page', userId: 'u', messageId: id }] });
    const sent = await fetch(`${collector.ready.url}/v1/batch?k=${collector.ready.write_key}`, {
      method: 'POST',
      body,
    });
    const { cursor } = await sent.json();
    const events = await fetch(
      `${collector.ready.url}/v1/profiles/userId:u/events?after=${cursor}&wait=10000`,
      {
        headers: { authorization: `Bearer ${secret}` },
      },
    );
    assert.equal(events.status, 200);
    return (await events.json()).events.map(({ event }) => event.messageId);
  };
  const first = await serve(t, data);
  const secret = first.ready.secret_key;
  await store(first, secret, 'one');
  assert.deepEqual(await store(first, secret, 'two'), ['one', 'two']);
  await first.stop('SIGKILL');
  await rm(join(data, 'journal'), { recursive: true });
  const second = await serve(t, data);
  assert.deepEqual(await store(second, secret, 'three'), ['one', 'two', 'three']);
  assert.deepEqual(await second.stop('SIGTERM'), [0, null]);
});
