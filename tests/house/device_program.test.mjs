// The device program is public: what a reader of its bytes can find, and that `--list` says all of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { changed } from './schema_mutants.mjs';

const root = new URL('../../', import.meta.url).pathname;
const binary = join(root, 'build/bin/desirepath');
const withoutComments = (text) =>
  text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? '');
const everything = JSON.parse(
  withoutComments(readFileSync(join(root, 'tests/journeys/everything.journey.json'), 'utf8')),
);
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'desirepath-device-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function compiled(journey, ...options) {
  const file = join(folder, 'j.json');
  const program = join(folder, 'j.dpj');
  writeFileSync(file, JSON.stringify(journey));
  const { status, stdout, stderr } = spawnSync(binary, ['compile', file, '-o', program, ...options], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return { bytes: readFileSync(program).toString('latin1'), list: stdout };
}

// Every string of the journey that nobody outside may read: its path, and a text nothing else says.
const isMail = (trigger) => trigger.do.every((action) => action.channel !== 'web');
const isPrivate = (path) => {
  const [top, index, key, inner, last] = path;
  const trigger = top === 'triggers' ? everything.triggers[index] : undefined;
  if (top === 'review' || top === 'destinations' || top === 'groups') return true;
  if (path.at(-1) === 'owner' || path.at(-1) === 'description') return true;
  if (top === 'stages') return ['intent', 'touchpoints', 'kpis'].includes(key) && path.at(-1) !== 'formula';
  if (trigger && (isMail(trigger) || trigger.enabled === false)) return path.includes('content');
  return trigger?.do[inner]?.channel === 'email' && last === 'content';
};

function* strings(node, path = []) {
  if (typeof node === 'string') yield path;
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    yield* strings(value, [...path, Array.isArray(node) ? Number(key) : key]);
  }
}

test('nothing of teams, measures, destinations, mails and what is switched off is in it', () => {
  let journey = everything;
  let marks = 0;
  for (const path of strings(everything)) {
    const isFixed = path.at(-1) === 'type' || path.at(-1) === 'every';
    if (isPrivate(path) && !isFixed) journey = changed(journey, path, `mark${marks++}`);
  }
  assert.ok(marks > 40, `${marks} marks`);
  assert.match(compiled(journey).bytes, /mark\d/, 'the collector knows them');
  const { bytes, list } = compiled(journey, '--device', '--list');
  assert.doesNotMatch(bytes, /mark\d/);
  assert.doesNotMatch(list, /mark\d/);
});

test('ids are hashed unless they are public', () => {
  const ofList = (definitions) => definitions.filter((one) => !one.public).map((one) => one.id);
  const ofMap = (definitions) => Object.keys(definitions).filter((id) => !definitions[id].public);
  const maps = [
    'behaviors',
    'scores',
    'models',
    'audiences',
    'purposes',
    'promises',
    'suppressions',
    'groups',
  ];
  const lists = ['stages', 'triggers', 'experiments'];
  const ids = new Set([
    ...maps.flatMap((kind) => ofMap(everything[kind])),
    ...lists.flatMap((kind) => ofList(everything[kind])),
  ]);
  ids.delete('guide'); // also the id of a public trigger
  ids.delete('cart_value'); // also a property
  assert.ok(ids.size > 30, `${ids.size} ids`);
  let text = JSON.stringify(everything);
  for (const [index, id] of [...ids].entries())
    text = text.replaceAll(new RegExp(`\\b${id}\\b`, 'g'), `mark${index}`);
  const journey = JSON.parse(text);
  assert.match(compiled(journey).bytes, /mark\d/, 'the collector shows them');
  assert.doesNotMatch(compiled(journey, '--device').bytes, /mark\d/);
  assert.match(compiled(journey, '--device').bytes, /shoes_viewed/);
});

test('--list says every text in it', () => {
  const { bytes, list } = compiled(everything, '--device', '--list');
  const listed = list.split('\n');
  assert.ok(listed.includes('{"headline":"Still thinking?","href":"/cart"}'));
  assert.ok(listed.includes('/^shoe/i'));
  const outside = [...bytes.matchAll(/[\x20-\x7e]{5,}/g)]
    .map(([run]) => run)
    .filter((run) => !listed.some((line) => line.includes(run) || run.includes(line)));
  assert.deepEqual(outside, []);
});

test('--list says each text once, in one line whatever stands in it', () => {
  const journey = structuredClone(everything);
  const web = journey.triggers.find(({ enabled, event, do: [action] }) => {
    return enabled !== false && event !== undefined && action.channel === 'web';
  });
  web.when = { 'traits.motto': 'first\nsecond\tline', 'traits.other': 'first\nsecond\tline' };
  const { list } = compiled(journey, '--device', '--list');
  const lines = list.trimEnd().split('\n');
  assert.ok(lines.includes('first\\u000asecond\\u0009line'), list);
  assert.equal(new Set(lines).size, lines.length);
  assert.ok(!lines.includes(''));
});
