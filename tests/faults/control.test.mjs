// Commands on a directory that is being served go through the serving process, and do the same as without it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, serve } from './collector.mjs';

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'desirepath-control-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function run(words, cwd) {
  return new Promise((resolve) => {
    execFile(binary, words, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
}

const eventAt = (minute, anonymousId, more = {}) =>
  JSON.stringify({
    type: 'track',
    event: 'Product Viewed',
    anonymousId,
    messageId: `${anonymousId}-${minute}`,
    timestamp: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
    ...more,
  });

function writeEvents(path) {
  const lines = [];
  for (let minute = 0; minute < 50; minute++) lines.push(eventAt(minute, `visitor-${minute % 7}`));
  lines.push(eventAt(51, 'visitor-1', { userId: 'ann' }), eventAt(52, 'visitor-2', { userId: 'ann' }));
  writeFileSync(path, `${lines.join('\n')}\n`);
}

test('import, export and unmerge do the same on a served directory as on one at rest', async (t) => {
  const home = folder(t);
  writeEvents(join(home, 'events.jsonl'));
  await serve(t, join(home, 'served'));
  for (const data of ['served', 'resting']) {
    const imported = await run(['import', 'events.jsonl', '--data', data], home);
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stdout, /^52 rows: 52 new, 0 known already, 0 bad;/);
    const again = await run(['import', 'events.jsonl', '--data', data], home);
    assert.match(again.stdout, /^52 rows: 0 new, 52 known already, 0 bad;/);
  }
  const exported = async (what, data) => {
    const done = await run(['export', what, '--data', data], home);
    assert.equal(done.code, 0, done.stderr);
    return done.stdout;
  };
  assert.equal((await exported('profiles', 'resting')).split('\n').length - 1, 6);
  assert.equal(await exported('profiles', 'served'), await exported('profiles', 'resting'));
  for (const data of ['served', 'resting']) {
    const cut = await run(['unmerge', '--data', data, 'anonymousId:visitor-1', 'userId:ann'], home);
    assert.equal(cut.code, 0, cut.stderr);
    assert.match(cut.stdout, /kept apart/);
  }
  assert.equal((await exported('profiles', 'resting')).split('\n').length - 1, 7);
  assert.equal(await exported('profiles', 'served'), await exported('profiles', 'resting'));

  mkdirSync(join(home, 'sub'));
  const toFile = await run(
    ['export', 'events', '--data', '../served', '--format', 'csv', '--out', 'e.csv'],
    join(home, 'sub'),
  );
  assert.equal(toFile.code, 0, toFile.stderr);
  assert.equal(readFileSync(join(home, 'sub/e.csv'), 'utf8').trim().split('\n').length, 53);
});

test('the serving process says what is wrong to whoever asked', async (t) => {
  const home = folder(t);
  const collector = await serve(t, join(home, 'data'));
  const cases = [
    [['import', 'none.jsonl', '--data', 'data'], /none\.jsonl/],
    [['export', 'profiles', '--data', 'data', '--out', 'no/such/file'], /cannot be written/],
    [['export', 'profiles', '--data', 'data', '--format', 'xml'], /--format is jsonl or csv/],
    [['export', 'profiles', '--data', 'data', '--journey', 'x.json'], /leave out --journey/],
    [['unmerge', '--data', 'data', 'userId:a', 'userId:a'], /the same/],
  ];
  for (const [words, said] of cases) {
    const done = await run(words, home);
    assert.equal(done.code, 1, words.join(' '));
    assert.equal(done.stdout, '');
    assert.match(done.stderr, said);
    assert.equal(done.stderr.trim().split('\n').length, 1);
  }
  writeFileSync(join(home, 'bad.jsonl'), `not json\n${eventAt(1, 'a')}\n`);
  const partly = await run(['import', 'bad.jsonl', '--data', 'data'], home);
  assert.equal(partly.code, 1);
  assert.match(partly.stderr, /bad\.jsonl:1: /);
  assert.match(partly.stdout, /^2 rows: 1 new, 0 known already, 1 bad;/);
  assert.doesNotMatch(collector.errors(), /"level":"(warn|error)"/);
});

test('the socket is the owner’s alone, goes with the process, and a dead one is no obstacle', async (t) => {
  const home = folder(t);
  const data = join(home, 'data');
  const socket = join(data, 'control.sock');
  const first = await serve(t, data);
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  assert.deepEqual(await first.stop(), [0, null]);
  assert.equal(existsSync(socket), false);

  const second = await serve(t, data);
  await second.stop('SIGKILL');
  assert.equal(existsSync(socket), true);
  const done = await run(['export', 'profiles', '--data', data], home);
  assert.equal(done.code, 0, done.stderr);

  const third = await serve(t, data);
  assert.equal((await run(['export', 'profiles', '--data', data], home)).code, 0);
  assert.deepEqual(await third.stop(), [0, null]);
});
