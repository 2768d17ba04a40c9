// The schema an editor checks a journey with, and the compiler, say the same of the same journeys.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';

const root = new URL('../../', import.meta.url).pathname;
const binary = join(root, 'build/bin/desirepath');
const schema = JSON.parse(readFileSync(join(root, 'sdk/schema/journey.schema.json'), 'utf8'));
const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
}).compile(schema);
const head = { schema: 'desirepath/journey/1', journey: 'j', version: 1 };
const web = { channel: 'web', slot: 'hero' };
const trigger = (more) => ({ triggers: [{ id: 't', event: 'E', do: [web], ...more }] });
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'desirepath-schema-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function compiles(text) {
  const file = join(folder, 'journey.json');
  writeFileSync(file, text);
  return spawnSync(binary, ['compile', file], { encoding: 'utf8' }).status === 0;
}

// Comments out, strings kept.
const withoutComments = (text) =>
  text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? '');

test('the journeys of the project are valid for both', () => {
  const shops = readdirSync(join(root, 'web_demo')).filter((name) => name.endsWith('.journey.json'));
  assert.ok(shops.length >= 2);
  for (const name of shops) {
    const text = readFileSync(join(root, 'web_demo', name), 'utf8');
    assert.ok(compiles(text), name);
    assert.ok(validate(JSON.parse(withoutComments(text))), `${name}: ${JSON.stringify(validate.errors)}`);
  }
  for (const name of readdirSync(join(root, 'tests/vectors')).filter((file) => file.endsWith('.json'))) {
    const journey = {
      ...head,
      ...JSON.parse(readFileSync(join(root, 'tests/vectors', name), 'utf8')).journey,
    };
    assert.ok(compiles(JSON.stringify(journey)), name);
    assert.ok(validate(journey), `${name}: ${JSON.stringify(validate.errors)}`);
  }
});

const mistakes = {
  'an unknown key': { behaviours: {} },
  'a version that is no whole number': { version: 1.5 },
  'another schema': { schema: 'desirepath/journey/9' },
  'a behavior without event': { behaviors: { b: {} } },
  'a behavior that sums and remembers': {
    behaviors: { b: { event: 'E', sum: 'properties.v', last: 'properties.v' } },
  },
  'a behavior that sums no fact of its event': { behaviors: { b: { event: 'E', sum: 'traits.v' } } },
  'a duration in words': { behaviors: { b: { event: 'E', within: '7 days' } } },
  'a cap of nothing': trigger({ cap: { times: 0, per: '1d' } }),
  'a cap without window': trigger({ cap: { times: 1 } }),
  'a trigger without action': { triggers: [{ id: 't', event: 'E', do: [] }] },
  'a trigger without event': { triggers: [{ id: 't', do: [web] }] },
  'a trigger with two occasions': trigger({ on: { event: 'F' } }),
  'a wait without its time': { triggers: [{ id: 't', after: { event: 'E' }, do: [web] }] },
  'a time without its wait': trigger({ for: '1h' }),
  'a web action without slot': { triggers: [{ id: 't', event: 'E', do: [{ channel: 'web' }] }] },
  'an e-mail with a slot': { triggers: [{ id: 't', event: 'E', do: [{ channel: 'email', slot: 'hero' }] }] },
  'an id with a tilde': { triggers: [{ id: 'a~b', event: 'E', do: [web] }] },
  'an unknown operator': trigger({ when: { 'properties.x': { $gtt: 1 } } }),
  'an order with a list': trigger({ when: { 'properties.x': { $gt: [1] } } }),
  'a list that is none': trigger({ when: { 'properties.x': { $in: 'a' } } }),
  'an unknown fact': trigger({ when: { 'propertis.x': 1 } }),
  'a group that is no list': trigger({ when: { $or: {} } }),
  'scores, which this version does not have': { scores: {} },
  'a stage without id': { stages: [{}] },
  'a KPI without formula': { stages: [{ id: 's', kpis: [{ id: 'k' }] }] },
  'an identifier normalised in an unknown way': { identifiers: { userId: { normalize: 'upper' } } },
  'a destination of an unknown kind': { destinations: { d: { type: 'fax', url: 'x' } } },
};

for (const [what, definitions] of Object.entries(mistakes)) {
  test(`${what} is refused by both`, () => {
    const journey = { ...head, ...definitions };
    assert.equal(compiles(JSON.stringify(journey)), false, 'the compiler takes it');
    assert.equal(validate(journey), false, 'the schema takes it');
  });
}
