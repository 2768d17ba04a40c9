// What `desirepath compile` prints: lines that tools read, and in a terminal the place beneath each.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const binary = new URL('../../build/bin/desirepath', import.meta.url).pathname;
const journey = `{ // a map with mistakes of every part of the compiler
  "schema": "desirepath/journey/1", "journey": "j", "version": 0,
  "behaviours": {},
  "stages": [ { "id": "a", "owner": "o" } ],
  "triggers": [ { "id": "t", "event": "E", "when": { "stage": "b" }, "do": [ { "channel": "web", "slot": "s" } ] } ]
}`;
const places = ['2:64: error', '3:3: error', '4:15: warning', '5:63: error'];
let folder;
let file;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'desirepath-said-'));
  file = join(folder, 'j.json');
  writeFileSync(file, journey);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('in a pipe every line is file:line:col: error or warning: text, in the order of the source', () => {
  const said = spawnSync(binary, ['compile', file], { encoding: 'utf8' });
  assert.equal(said.status, 1);
  assert.equal(said.stdout, '');
  const lines = said.stderr.trimEnd().split('\n');
  const found = lines.map((line) => {
    const parts = /^(.+):(\d+):(\d+): (error|warning): (.+)$/.exec(line);
    assert.ok(parts, line);
    assert.equal(parts[1], file);
    return { at: parts[2] * 1000 + Number(parts[3]), place: `${parts[2]}:${parts[3]}: ${parts[4]}` };
  });
  for (const place of places)
    assert.ok(
      found.some((one) => one.place === place),
      `${place}\n${said.stderr}`,
    );
  assert.deepEqual(
    found,
    found.toSorted((a, b) => a.at - b.at),
  );
});

test('in a terminal each line is followed by its place, indented', () => {
  const shown = spawnSync('script', ['-qec', `${binary} compile ${file}`, '/dev/null'], { encoding: 'utf8' });
  const lines = shown.stdout.replaceAll('\r', '').split('\n');
  const at = lines.findIndex((line) => line.includes(":3:3: error: unknown key 'behaviours'"));
  assert.ok(at >= 0, shown.stdout);
  assert.deepEqual(lines.slice(at + 1, at + 3), ['    3 |   "behaviours": {},', '      |   ^~~~~~~~~~~~']);
});
