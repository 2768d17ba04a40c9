// Files that were damaged behind the collector's back: it says which and stops; it never goes on with half of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, randomFrom, serve } from './collector.mjs';
import { FaultyDisk } from './faulty_disk.mjs';
import { Load } from './load.mjs';

const enospc = 28;
const pageBytes = 4096;

/** A directory with profiles and, of the same people, events in the journal that were not folded. */
async function filled(t) {
  const disk = await FaultyDisk.make(t, 'damage');
  const collector = await disk.serve(t);
  const load = new Load(randomFrom(1));
  let stopped = false;
  const running = load.runAll(collector.ready, () => stopped);
  const more = async (count) => {
    const wanted = load.acknowledged.size + count;
    while (load.acknowledged.size < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await more(2000);
  disk.fail(enospc, 'write', '/profiles.db');
  await more(1000);
  stopped = true;
  await running;
  await collector.stop('SIGKILL');
  return disk.data;
}

async function damage(file, everyPages) {
  const handle = await open(file, 'r+');
  const { size } = await handle.stat();
  const nonsense = Buffer.alloc(256, 0xde);
  for (let at = 2 * pageBytes; at < size; at += everyPages * pageBytes)
    await handle.write(nonsense, 0, nonsense.length, at);
  await handle.close();
}

test('damaged files are named, and nothing is made of what is left of them', async (t) => {
  const data = await filled(t);
  const copies = await mkdtemp(join(tmpdir(), 'desirepath-damaged-'));
  t.after(() => rm(copies, { recursive: true, force: true }));
  const journal = (await readdir(join(data, 'journal'))).find((name) => name.endsWith('.db'));
  assert.ok(journal, 'there is a journal file');
  const cases = {
    'profiles that are no database': [
      'profiles.db',
      (file) => writeFile(file, 'this is no database, but long enough to be one'),
    ],
    'profiles cut short': [
      'profiles.db',
      async (file) => truncate(file, Math.floor((await stat(file)).size / 2 / pageBytes) * pageBytes),
    ],
    'profiles with nonsense in them': ['profiles.db', (file) => damage(file, 3)],
    'a journal file that is none': [
      join('journal', journal),
      (file) => writeFile(file, 'this is no database, but long enough to be one'),
    ],
    'a journal file with nonsense in it': [join('journal', journal), (file) => damage(file, 1)],
  };
  for (const [name, [file, harm]] of Object.entries(cases)) {
    await t.test(name, async () => {
      const copy = join(copies, name);
      await cp(data, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
      // What is in the write-ahead logs is in the files, so that the harm is not undone by them.
      for (const path of [join(copy, 'profiles.db'), join(copy, 'journal', journal)]) {
        spawnSync('python3', [
          '-c',
          `import sqlite3; c = sqlite3.connect(${JSON.stringify(path)}); c.execute("PRAGMA wal_checkpoint(TRUNCATE)"); c.close()`,
        ]);
      }
      await harm(join(copy, file));
      const ran = spawnSync(binary, ['export', 'profiles', '--data', copy], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.equal(ran.status, 1, `${ran.stdout.length} bytes of profiles; ${ran.stderr}`);
      assert.ok(ran.stderr.includes(file.split('/').at(-1)), ran.stderr);
      assert.equal(ran.stderr.trimEnd().split('\n').length, 1, ran.stderr);
    });
  }
});

test('profiles that are older than what the journal has let go of are not served as if nothing were missing', async (t) => {
  const data = join(await mkdtemp(join(tmpdir(), 'desirepath-older-')), 'data');
  t.after(() => rm(join(data, '..'), { recursive: true, force: true }));
  let secret;
  const live = async (userId) => {
    const collector = await serve(t, data);
    secret ??= collector.ready.secret_key;
    const sent = await fetch(`${collector.ready.url}/v1/page`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ userId }),
    });
    assert.equal(sent.status, 200);
    await collector.stop('SIGTERM');
  };
  const desirepath = (...words) => spawnSync(binary, [...words, '--data', data], { encoding: 'utf8' });
  await live('early');
  await cp(join(data, 'profiles.db'), `${data}.older`);
  await live('late');
  // Somebody's erasure empties the journal of what is folded.
  assert.equal(desirepath('erase', 'userId:early').status, 0);
  assert.equal(desirepath('doctor').status, 0);
  await cp(join(data, 'profiles.db'), `${data}.newer`);
  await cp(`${data}.older`, join(data, 'profiles.db'));
  for (const words of [
    ['serve', '--port', '0'],
    ['export', 'profiles'],
  ]) {
    const ran = desirepath(...words);
    assert.equal(ran.status, 1, ran.stdout);
    assert.match(ran.stderr, /folded to batch 1, and the journal has let go of all to \d+/);
    assert.equal(ran.stderr.trimEnd().split('\n').length, 1, ran.stderr);
  }
  const seen = desirepath('doctor');
  assert.equal(seen.status, 2);
  assert.match(seen.stdout, /PROBLEM profiles\.db is folded to batch 1/);
  // Put back, nothing was lost; and who wants to go on without does so.
  await cp(`${data}.newer`, join(data, 'profiles.db'));
  assert.match(desirepath('export', 'profiles').stdout, /"late"/);
  await cp(`${data}.older`, join(data, 'profiles.db'));
  await rm(join(data, 'journal', 'released'));
  assert.match(desirepath('export', 'profiles').stdout, /"early"/);
});
