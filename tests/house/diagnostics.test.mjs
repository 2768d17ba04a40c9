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

// What people, editors and disks make of a journey. Each answer is one error at its place, at once.
const head = '"schema":"desirepath/journey/1","journey":"j","version":1';
const many = (count, each) => Array.from({ length: count }, (_, index) => each(index)).join(',\n');
const broken = {
  'an empty file': ['', '1:1: error: not JSON: there is nothing in it'],
  'a comment and no more': ['// soon\n', '1:1: error: not JSON: there is nothing in it'],
  'a list': ['[]', '1:1: error: the journey must be an object, not an array'],
  'a comma forgotten': [`{${head}\n"behaviors": {}}`, "2:1: error: not JSON: ',' is missing before this"],
  'a comma left': [`{${head},\n}`, "1:59: error: not JSON: nothing follows this ',';"],
  'a comment that does not end': [`{${head},\n/* "behaviors": {}}`, '2:1: error: not JSON: this comment'],
  'a text that does not end': [`{${head},\n"x": "y\n}`, '2:6: error: not JSON: this text is not closed'],
  'a file cut off': [`{${head},"behaviors":{`, "1:72: error: not JSON: this object is not closed: '}'"],
  'an old encoding': [
    Buffer.from(`{${head},"behaviors":{"caf\xe9":{}}}`, 'latin1'),
    '1:77: error: not JSON: this is no UTF-8',
  ],
  'UTF-16': [Buffer.from(`{${head}}`, 'utf16le'), '1:2: error: not JSON: a byte of 0'],
  'a mark of byte order': [`\ufeff{${head},"x":1}`, "1:61: error: unknown key 'x'"],
  'lists in lists': ['['.repeat(100_000), '1:65: error: nested deeper than 64'],
  'conditions in conditions': [
    `{${head},"audiences":{"a":${'{"$and":['.repeat(50_000)}{}${']}'.repeat(50_000)}}}`,
    'error: nested deeper than 64',
  ],
  'a number beyond all': [`{${head},\n"holdout":1e999}`, '2:11: error: not JSON: 1e999 is beyond'],
  'a number out of range': [
    `{${head},\n"behaviors":{"b":{"event":"E","within":"1d","keep":99999999999999999999}}}`,
    "2:52: error: 'keep' of behavior 'b' must be a whole number from 1 to 4096",
  ],
  'a key given twice': [`{${head},\n"journey":"k"}`, "2:1: error: 'journey' is given twice"],
  'an id given twice': [
    `{${head},"stages":[{"id":"a"},\n{"id":"a"}]}`,
    "2:7: error: stage 'a' is declared twice",
  ],
  'values of another kind': [
    `{${head},"triggers":[\n5]}`,
    '2:1: error: a trigger must be an object, not a number',
  ],
  'ten thousand stages': [
    `{${head},"stages":[${many(10_000, (i) => `{"id":"s${i}","intent":"i","enter":{"event":"E","when":{"stage":"s${(i + 1) % 10_000}"}}}`)}]}`,
    "error: a profile's state could take 80",
  ],
  'a hundred thousand behaviors': [
    `{${head},"behaviors":{${many(100_000, (i) => `"b${i}":{"event":"E"}`)}}}`,
    "error: a profile's state could take 1100024 B in the collector, over the limit of 65536 B",
  ],
  'three thousand names nobody declared': [
    `{${head},"behaviors":{${many(3000, (i) => `"b${i}":{"event":"E"}`)}},"audiences":{\n${many(3000, (i) => `"a${i}":{"behaviors.c${i}":1}`)}}}`,
    "3001:7: error: unknown behavior 'c0' (did you mean 'b0'?)",
  ],
  '100 MB': [Buffer.alloc(100_000_000, ' '), ': error: takes 100000000 B, over the limit of 16777216 B'],
};

for (const [what, [text, words]] of Object.entries(broken)) {
  test(`${what}: told in a line, with exit code 1`, () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, text);
    const said = spawnSync(binary, ['compile', path], {
      encoding: 'utf8',
      timeout: 20_000,
      maxBuffer: 2 ** 26,
    });
    assert.equal(said.status, 1, said.error?.message ?? said.stderr.slice(0, 1000));
    assert.equal(said.stdout, '');
    const lines = said.stderr.trimEnd().split('\n');
    assert.ok(
      lines.every((line) => line.startsWith(path)),
      lines[0],
    );
    assert.ok(
      lines.some((line) => line.includes(words)),
      lines.slice(0, 3).join('\n'),
    );
  });
}

test('a file that is none is told with its reason', () => {
  for (const [path, why] of [
    [folder, 'is a directory'],
    [join(folder, 'none.json'), 'No such file'],
    [join(file, 'under.json'), 'Not a directory'],
  ]) {
    const said = spawnSync(binary, ['compile', path], { encoding: 'utf8' });
    assert.equal(said.status, 1);
    assert.ok(said.stderr.startsWith(`${path}: error: `) && said.stderr.includes(why), said.stderr);
  }
});

test('a pipe is read as a file is', () => {
  const piped = (text) => {
    const path = join(folder, 'piped.json');
    writeFileSync(path, text);
    return spawnSync('sh', ['-c', 'cat "$0" | "$1" compile /dev/stdin', path, binary], { encoding: 'utf8' });
  };
  assert.equal(piped(`{${head}}`).status, 0);
  assert.match(piped('{').stderr, /^\/dev\/stdin:1:1: error: not JSON/);
  const huge = piped(Buffer.alloc(2 ** 24 + 5, ' '));
  assert.match(huge.stderr, /takes 16777217 B or more, over the limit of 16777216 B/);
});
