// Backup, restore, doctor and audit on a real collector, served and not.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, serve } from './collector.mjs';

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'desirepath-operate-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

const run = (...words) => spawnSync(binary, words, { encoding: 'utf8', timeout: 60_000 });

function done(...words) {
  const result = run(...words);
  assert.equal(result.status, 0, `${words.join(' ')}: ${result.stderr}${result.stdout}`);
  return result.stdout;
}

async function send(ready, from, count) {
  const batch = Array.from({ length: count }, (_, i) => ({
    type: 'track',
    event: 'Product Viewed',
    userId: `u${(from + i) % 50}`,
    messageId: `m${from + i}`,
    timestamp: new Date(1_790_000_000_000 + (from + i) * 1000).toISOString(),
  }));
  const answer = await fetch(`${ready.url}/v1/batch?k=${ready.write_key}`, {
    method: 'POST',
    body: JSON.stringify({ batch }),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).cursor;
}

const eventsOf = (data) =>
  done('export', 'events', '--data', data)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).messageId)
    .sort();

test('a hot backup has everything acknowledged before it, and restores to the same profiles', async (t) => {
  const root = await folder(t);
  const [data, backup, again] = ['data', 'backup', 'again'].map((name) => join(root, name));
  const collector = await serve(t, data);
  await send(collector.ready, 0, 300);
  let sending = true;
  let sent = 300;
  const traffic = (async () => {
    for (; sending; sent += 20) await send(collector.ready, sent, 20);
  })();
  const before = sent;
  const copying = spawn(binary, ['backup', '--data', data, '--out', backup]);
  const [code] = await once(copying, 'exit');
  assert.equal(code, 0);
  sending = false;
  await traffic;
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);

  const manifest = JSON.parse(await readFile(join(backup, 'manifest.json'), 'utf8'));
  assert.equal(manifest.schema, 'desirepath/backup/1');
  assert.ok(manifest.files.some((file) => file.path === 'profiles.db'));
  assert.ok(manifest.files.some((file) => file.path === 'keys.db'));
  done('restore', '--from', backup, '--data', again);
  const restored = new Set(eventsOf(again));
  for (let i = 0; i < before; i++)
    assert.ok(restored.has(`m${i}`), `m${i} was acknowledged before the backup`);
  const all = new Set(eventsOf(data));
  for (const id of restored) assert.ok(all.has(id));

  const second = await serve(t, again);
  assert.equal(second.ready.write_key, collector.ready.write_key);
  assert.equal(second.ready.admin_key, undefined);
  await send(second.ready, 1_000_000, 10);
  assert.deepEqual(await second.stop('SIGTERM'), [0, null]);
  assert.equal(eventsOf(again).length, restored.size + 10);
});

test('a backup that is not whole, or a directory that is not empty, is refused and nothing appears', async (t) => {
  const root = await folder(t);
  const [data, backup] = [join(root, 'data'), join(root, 'backup')];
  const collector = await serve(t, data);
  await send(collector.ready, 0, 50);
  await collector.stop();
  done('backup', '--data', data, '--out', backup);
  assert.match(run('backup', '--data', data, '--out', backup).stderr, /is not empty/);
  assert.match(run('restore', '--from', backup, '--data', data).stderr, /is not empty/);

  const broken = async (name, damage, pattern) => {
    const copy = join(root, name);
    await cp(backup, copy, { recursive: true });
    await damage(copy);
    const result = run('restore', '--from', copy, '--data', join(root, `${name}-data`));
    assert.equal(result.status, 1);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.trimEnd().split('\n').length, 1);
    assert.deepEqual(
      (await readdir(root)).filter((entry) => entry.startsWith(`${name}-data`)),
      [],
    );
  };
  await broken('no-manifest', (copy) => rm(join(copy, 'manifest.json')), /manifest\.json/);
  await broken('no-file', (copy) => rm(join(copy, 'keys.db')), /keys\.db/);
  await broken('longer', (copy) => appendFile(join(copy, 'profiles.db'), 'x'), /profiles\.db: is not what/);
  await broken(
    'one-bit',
    async (copy) => {
      const file = await open(join(copy, 'profiles.db'), 'r+');
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, 5000);
      byte[0] ^= 1;
      await file.write(byte, 0, 1, 5000);
      await file.close();
    },
    /profiles\.db: is not what/,
  );
  await broken(
    'outside',
    async (copy) => {
      const text = await readFile(join(copy, 'manifest.json'), 'utf8');
      await writeFile(join(copy, 'manifest.json'), text.replace('"keys.db"', '"../keys.db"'));
    },
    /outside/,
  );
});

test('doctor finds nothing where nothing is, served or not, and names what is damaged', async (t) => {
  const root = await folder(t);
  const data = join(root, 'data');
  const collector = await serve(t, data);
  await send(collector.ready, 0, 200);
  done('keys', 'create', '--data', data, '--kind', 'identity');
  const served = run('doctor', '--data', data);
  assert.equal(served.status, 0, served.stdout);
  assert.match(served.stdout, /^ok {6}keys: 1 write 1 secret 1 admin 0 viewer 1 identity$/m);
  await collector.stop();
  done('export', 'profiles', '--data', data);
  const idle = run('doctor', '--data', data);
  assert.equal(idle.status, 0, idle.stdout);
  assert.doesNotMatch(idle.stdout, /PROBLEM/);

  const { size } = await stat(join(data, 'profiles.db'));
  const file = await open(join(data, 'profiles.db'), 'r+');
  await file.write(Buffer.alloc(8192, 0xa5), 0, 8192, Math.floor(size / 2 / 4096) * 4096);
  await file.close();
  const damaged = run('doctor', '--data', data);
  assert.equal(damaged.status, 2);
  assert.match(damaged.stdout, /^PROBLEM .*profiles\.db.*restore/m);
  assert.equal(run('doctor', '--data', join(root, 'absent')).status, 1);
  await writeFile(join(root, 'serve.json'), '{ "prot": 1 }');
  assert.match(
    run('doctor', '--data', data, '--config', join(root, 'serve.json')).stdout,
    /PROBLEM .*serve\.json:1:3.*did you mean 'port'/,
  );
});

test('doctor looks over what a configuration names', async (t) => {
  const root = await folder(t);
  const data = join(root, 'data');
  const collector = await serve(t, data);
  await collector.stop();
  const makeCertificate = (name, days) => {
    const [key, cert] = [join(root, `${name}.key`), join(root, `${name}.crt`)];
    const made = spawnSync(
      'openssl',
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days ${days}`
        .split(' ')
        .concat('-keyout', key, '-out', cert),
    );
    assert.equal(made.status, 0, made.stderr.toString());
    return { 'tls-cert': cert, 'tls-key': key };
  };
  const doctor = async (settings) => {
    await writeFile(join(root, 'serve.json'), JSON.stringify(settings));
    return run('doctor', '--data', data, '--config', join(root, 'serve.json'));
  };
  await writeFile(
    join(root, 'shop.json'),
    '{ "schema": "desirepath/journey/1", "journey": "shop", "version": 1 }',
  );
  await writeFile(join(root, 'plan.json'), '{ "plan": 1, "mode": "never" }');
  const fine = await doctor({ journey: ['shop.json'], ...makeCertificate('long', 90) });
  assert.equal(fine.status, 0, fine.stdout);
  assert.match(fine.stdout, /^ok .*long\.crt ends at 20/m);
  assert.match(fine.stdout, /^ok .*shop\.json has no mistakes/m);
  const soon = await doctor(makeCertificate('short', 7));
  assert.equal(soon.status, 0, soon.stdout);
  assert.match(soon.stdout, /^NOTE .*short\.crt ends at .*renew/m);
  const wrong = await doctor({
    journey: ['absent.json'],
    plan: 'plan.json',
    geoip: 'absent.mmdb',
    'tls-cert': join(root, 'long.crt'),
    'tls-key': join(root, 'short.key'),
  });
  assert.equal(wrong.status, 2);
  assert.equal(wrong.stdout.match(/^PROBLEM/gm).length, 4, wrong.stdout);
});

test('what operators do is in the audit log; no key is in it, nor in logs or metrics', async (t) => {
  const root = await folder(t);
  const data = join(root, 'data');
  const collector = await serve(t, data, ['--access-log']);
  const { url, ops_url, write_key, secret_key, admin_key } = collector.ready;
  const bearer = (key) => ({ headers: { authorization: `Bearer ${key}` } });
  await send(collector.ready, 0, 10);
  const viewer = done('keys', 'create', '--data', data, '--kind', 'viewer').trim();
  done('keys', 'revoke', '--data', data, '4');
  done('export', 'profiles', '--data', data);
  done('backup', '--data', data, '--out', join(root, 'backup'));
  process.kill(collector.pid, 'SIGHUP');
  for (const key of [secret_key, write_key, viewer, 'dps_nobody']) {
    assert.notEqual((await fetch(`${url}/v1/audit`, bearer(key))).status, 200);
  }
  await fetch(`${url}/v1/profiles/userId:u1?k=${secret_key}`);
  await fetch(`${url}/v1/export/profiles`, bearer(secret_key)).then((answer) => answer.text());
  const listed = await (await fetch(`${url}/v1/audit`, bearer(admin_key))).json();
  const acts = listed.acts.map(({ act }) => act);
  for (const act of ['keys create', 'keys revoke', 'export', 'backup', 'GET /v1/export/']) {
    assert.ok(acts.includes(act), `${act} is not among ${acts}`);
  }
  const created = listed.acts.find(({ act, on }) => act === 'keys create' && on.includes('viewer'));
  assert.match(created.who, /^command line/);
  assert.equal(created.outcome, 'done');
  const metrics = await (await fetch(`${ops_url}/metrics`)).text();
  await collector.stop();
  const audit = done('audit', '--data', data);
  assert.ok(audit.trim().split('\n').length >= listed.acts.length);
  assert.equal(done('audit', '--data', data, '--limit', '1').trim().split('\n').length, 1);
  assert.match(collector.errors(), /"event":"request"/);
  for (const key of [secret_key, admin_key, viewer]) {
    for (const text of [audit, metrics, collector.errors()]) assert.ok(!text.includes(key.slice(8)));
  }
  for (const text of [metrics, collector.errors()]) assert.ok(!text.includes(write_key));
});
