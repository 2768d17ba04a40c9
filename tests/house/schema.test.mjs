// The schema an editor checks a journey with, and the compiler, say the same of the same journeys.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { mutants, walk } from './schema_mutants.mjs';

const root = new URL('../../', import.meta.url).pathname;
const binary = join(root, 'build/bin/desirepath');
const schema = JSON.parse(readFileSync(join(root, 'sdk/schema/journey.schema.json'), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
ajv.addSchema(schema);
const validate = ajv.getSchema(schema.$id);
const holds = (pointer, value) => ajv.validate(`${schema.$id}#${encodeURI(pointer)}`, value);
const head = { schema: 'desirepath/journey/1', journey: 'j', version: 1 };
let folder;
let files = 0;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'desirepath-schema-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

// What the compiler says of a journey: its errors, none where it takes it.
function errorsOf(text) {
  const file = join(folder, `${files++}.json`);
  writeFileSync(file, text);
  return new Promise((resolve, reject) => {
    const compiler = spawn(binary, ['compile', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    compiler.stderr.on('data', (chunk) => {
      said += chunk;
    });
    compiler.on('error', reject);
    compiler.on('close', (status) => {
      rmSync(file);
      const errors = said.split('\n').filter((line) => line.includes(': error: '));
      assert.equal(errors.length > 0, status !== 0, said);
      resolve(errors);
    });
  });
}

// Runs `judge` for each of `items`, as many at once as there are processors.
async function judgeAll(items, judge) {
  const queue = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const item of queue) await judge(item);
    }),
  );
}

// Comments out, strings kept.
const withoutComments = (text) =>
  text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? '');

function journeysOf(directory, suffix) {
  return readdirSync(join(root, directory))
    .filter((name) => name.endsWith(suffix))
    .map((name) => ({ name, text: readFileSync(join(root, directory, name), 'utf8') }));
}
const parsed = ({ text }) => JSON.parse(withoutComments(text));
const examples = journeysOf('tests/journeys', '.journey.json');

test('the journeys of the project are valid for both', async () => {
  const vectors = journeysOf('tests/vectors', '.json').map(({ name, text }) => ({
    name,
    text: JSON.stringify({ ...head, ...JSON.parse(text).journey }),
  }));
  const shops = journeysOf('web_demo', '.journey.json');
  assert.ok(shops.length >= 2 && vectors.length > 0 && examples.length > 0);
  await judgeAll([...shops, ...vectors, ...examples], async ({ name, text }) => {
    assert.deepEqual(await errorsOf(text), [], name);
    assert.ok(validate(parsed({ text })), `${name}: ${JSON.stringify(validate.errors)}`);
  });
});

// Every part of the schema with its pointer.
function* parts(node, pointer = '') {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield [pointer, node];
  for (const [key, inner] of Object.entries(node)) {
    if (key === 'examples' || key === 'default' || key === 'const' || key === 'enum') continue;
    yield* parts(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}
const isTest = (pointer) => /\/(if|then|else|not|dependentSchemas|oneOf\/\d+\/not)(\/|$)/.test(pointer);
const properties = [...parts(schema)].filter(
  ([pointer]) => /\/properties\/[^/]+$/.test(pointer) && !isTest(pointer),
);

test('an editor shows a sentence on every key', () => {
  for (const [pointer, node] of properties) {
    const said = node.description ?? schema.$defs[node.$ref?.replace('#/$defs/', '')]?.description;
    assert.match(said ?? '', /^.+[.…]$/s, pointer);
  }
});

test('an editor has a value to propose for every key', () => {
  const definition = (node) => schema.$defs[node.$ref?.replace('#/$defs/', '')];
  const proposes = (node) =>
    node !== undefined &&
    (['examples', 'enum', 'const', 'default', 'properties', 'oneOf', 'anyOf'].some((word) => word in node) ||
      node.type === 'boolean' ||
      proposes(definition(node)));
  const silent = properties.filter(([, node]) => !proposes(node)).map(([pointer]) => pointer);
  assert.deepEqual(silent, []);
});

test('every key has its place in the pages', () => {
  const pages = ['sdk/schema/JOURNEY.md', 'sdk/engine/CONDITIONS.md']
    .map((page) => readFileSync(join(root, page), 'utf8'))
    .join('\n');
  const words = new Set(pages.match(/[$\w]+/g));
  const silent = properties
    .map(([pointer]) => pointer.split('/').at(-1))
    .filter((key) => key.split('.').some((word) => !words.has(word)));
  assert.deepEqual([...new Set(silent)], []);
});

test('what the schema gives as example or default is valid', () => {
  for (const [pointer, node] of parts(schema)) {
    for (const example of [...(node.examples ?? []), ...(node.default === undefined ? [] : [node.default])]) {
      assert.ok(holds(pointer, example), `${pointer}: ${JSON.stringify(example)}`);
    }
  }
});

test('the examples have every key there is', () => {
  const met = new Set();
  for (const example of examples) {
    walk(schema, parsed(example), holds, (_, pointer) => met.add(pointer));
  }
  assert.deepEqual(
    properties.map(([pointer]) => pointer).filter((pointer) => !met.has(pointer)),
    [],
  );
});

const web = { channel: 'web', slot: 'hero' };
const trigger = (more) => ({ triggers: [{ id: 't', event: 'E', do: [web], ...more }] });
const behavior = (more) => ({ behaviors: { b: more } });
const read = 'properties.v';
const experiment = (more) => ({
  ...trigger({}),
  experiments: [{ id: 'x', factors: { f: { 't.enabled': [true, false] } }, ...more }],
});

// Keys that do not go together; each would be right alone.
const combinations = {
  'a behavior that sums and remembers': behavior({ event: 'E', sum: read, last: read }),
  'a behavior that is smallest and largest': behavior({ event: 'E', min: read, max: read }),
  'a behavior without event': behavior({}),
  'a sequence of one': behavior({ sequence: [{ event: 'E' }] }),
  'a sequence with an event of its own': behavior({
    event: 'E',
    sequence: [{ event: 'E' }, { event: 'F' }],
  }),
  'a breaker without sequence': behavior({ event: 'E', not_between: { event: 'F' } }),
  'an affinity without half-life': behavior({ event: 'E', affinity: read }),
  'an affinity in a window': behavior({ event: 'E', affinity: read, half_life: '1d', within: '1d' }),
  'a half-life of a sum': behavior({ event: 'E', sum: read, half_life: '1d' }),
  'a trigger without occasion': { triggers: [{ id: 't', do: [web] }] },
  'a trigger with two occasions': trigger({ on: { event: 'F' } }),
  'a trigger on an event and a schedule': trigger({ schedule: { fact: 'traits.d' } }),
  'an occasion that is two': {
    triggers: [{ id: 't', on: { stage_enter: 'a', stage_leave: 'a' }, do: [web] }],
  },
  'a wait without its time': { triggers: [{ id: 't', after: { event: 'E' }, do: [web] }] },
  'a wait after being stuck': {
    stages: [{ id: 'a', enter: { event: 'A' }, stuck_after: '1d' }],
    triggers: [{ id: 't', after: { stage_stuck: 'a' }, for: '1d', do: [web] }],
  },
  'a time without its wait': trigger({ for: '1h' }),
  'an absence without its wait': trigger({ absent: { event: 'F' } }),
  'a where beside on': { triggers: [{ id: 't', on: { event: 'E' }, where: {}, do: [web] }] },
  'a web action without slot': trigger({ do: [{ channel: 'web' }] }),
  'an e-mail with a slot': trigger({ do: [{ channel: 'email', slot: 'hero' }] }),
  'options without pattern': trigger({ when: { 'properties.x': { $options: 'i' } } }),
  'operators beside keys': trigger({ when: { 'properties.x': { $gt: 1, y: 2 } } }),
  'a fact of the profile in a where': trigger({ where: { stage: 'a' } }),
  'a fact of the event in an audience': { audiences: { a: { 'properties.x': 1 } } },
  'a model term that is both': {
    models: { m: { type: 'logistic', terms: [{ fact: 'stage_age', when: {}, weight: 1 }] } },
  },
  'an experiment without factors': experiment({ factors: {} }),
  'a factor of one level': experiment({ factors: { f: { 't.enabled': [true] } } }),
  'a path of another kind': experiment({ factors: { f: { 't.priority': [1, 2] } } }),
};

for (const [what, definitions] of Object.entries(combinations)) {
  test(`${what} is refused by both`, async () => {
    const journey = { ...head, ...definitions };
    assert.notDeepEqual(await errorsOf(JSON.stringify(journey)), [], 'the compiler takes it');
    assert.equal(validate(journey), false, 'the schema takes it');
  });
}

// What only the compiler can know of a journey that has the right shape: what names mean, and what values add up to.
const beyond = {
  'a behavior nobody declared': [trigger({ when: { 'behaviors.b': 1 } }), /unknown behavior '/],
  'an audience nobody declared': [trigger({ when: { audiences: 'a' } }), /unknown audience '/],
  'a stage nobody declared': [trigger({ on: { stage_enter: 'a' }, event: undefined }), /unknown stage '/],
  'a score nobody declared': [trigger({ when: { 'scores.s': 1 } }), /unknown score '/],
  'a tier the score has not': [
    {
      scores: { s: { add: [{ event: 'E', points: 1 }], tiers: { gold: 9 } } },
      ...trigger({ when: { 'tiers.s': 'tin' } }),
    },
    /score '.*' has no tier '/,
  ],
  'a model nobody declared': [trigger({ when: { 'propensity.m': 1 } }), /unknown model '/],
  'an intent no stage has': [trigger({ when: { 'session.intent': 'buy' } }), /no stage has the intent '/],
  'an ask nobody declared': [trigger({ when: { 'asked.email': 0 } }), /unknown ask '/],
  'a destination nobody declared': [
    trigger({ do: [{ channel: 'email', destination: 'esp' }] }),
    /unknown destination '/,
  ],
  'a promise nobody makes': [{ promises: { p: { contradicts: ['q'] } } }, /unknown promise '/],
  'a channel nobody uses': [{ suppressions: { s: { when: {}, channels: ['c'] } } }, /unknown channel '/],
  'a purpose nobody serves': [{ suppressions: { s: { when: {}, purposes: ['p'] } } }, /unknown purpose '/],
  'an outcome nobody declared': [trigger({ outcome: { behavior: 'b' } }), /unknown behavior '/],
  "an experiment's outcome nobody declared": [
    experiment({ outcome: { behavior: 'b' } }),
    /unknown behavior '/,
  ],
  "an experiment's trigger nobody declared": [
    experiment({ factors: { f: { 'u.enabled': [true, false] } } }),
    /unknown trigger '/,
  ],
  "an experiment's channel the trigger has not": [
    experiment({ factors: { f: { 't.do': ['web', 'email'] } } }),
    /has no action on channel '/,
  ],
  'a trigger of two experiments': [
    {
      ...trigger({}),
      experiments: ['x', 'y'].map((id) => ({ id, factors: { f: { 't.enabled': [true, false] } } })),
    },
    /trigger '.*' is already in experiment '/,
  ],
  'a level given twice': [
    experiment({ factors: { f: { 't.enabled': [true, true] } } }),
    /factor '.*' of experiment '.*' has the level '.*' twice/,
  ],
  'weights that miss 1': [
    experiment({ weights: { f: [0.5, 0.6] } }),
    /the weights of factor '.*' must add up to 1/,
  ],
  'weights of more levels than there are': [
    experiment({ weights: { f: [0.5, 0.25, 0.25] } }),
    /the weights of factor '.*' must be as many as its \d+ levels/,
  ],
  'a namespace from its end to its begin': [
    experiment({ namespace: { id: 'n', range: [0.5, 0.2] } }),
    /'.*' of '.*' of experiment '.*' must be \[FROM, TO\]/,
  ],
  'a stage that follows nobody declared': [
    { stages: [{ id: 'a', expected_next: ['b'] }] },
    /unknown stage '/,
  ],
  'a stage people cannot be moved to': [{ migrate: { a: 'b' } }, /unknown stage '/],
  'a formula of stages nobody declared': [
    { stages: [{ id: 'a', kpis: [{ id: 'k', formula: 'conversion(a, b, 1d)' }] }] },
    /unknown stage '/,
  ],
  'an id given twice': [{ stages: [{ id: 'a' }, { id: 'a' }] }, /declared twice/],
  'a stage nobody gets stuck in': [
    { stages: [{ id: 'a' }], ...trigger({ on: { stage_stuck: 'a' }, event: undefined }) },
    /lacks 'stuck_after'/,
  ],
  'a pattern that is none': [trigger({ when: { 'properties.x': { $regex: '(' } } }), /in this pattern/],
  'a wait of no second': [
    trigger({ after: { event: 'E' }, for: '1ms', event: undefined }),
    /from 1s to 200y/,
  ],
  'a duration of eons': [behavior({ event: 'E', within: '1001y' }), /is no duration/],
  'hours of no length': [
    { channels: { c: { quiet: ['08:00', '08:00'] } } },
    /begins and ends at the same time/,
  ],
  'an e-mail address in public': [
    trigger({ do: [{ ...web, content: { text: 'ann@shop.example' } }] }),
    /looks like an e-mail address/,
  ],
};

for (const [what, [definitions, words]] of Object.entries(beyond)) {
  test(`${what} is found by the compiler`, async () => {
    const text = JSON.stringify({ ...head, ...definitions });
    assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
    assert.match((await errorsOf(text)).join('\n'), words);
  });
}
const beyondSchema = Object.values(beyond).map(([, words]) => words);

for (const example of examples) {
  test(`${example.name}: whatever is changed in it, both take it or neither does`, async () => {
    let refused = 0;
    let taken = 0;
    await judgeAll(mutants(schema, parsed(example), holds), async ({ what, journey }) => {
      const errors = await errorsOf(JSON.stringify(journey));
      if (!validate(journey)) {
        assert.notDeepEqual(errors, [], `the compiler takes ${what}: ${JSON.stringify(validate.errors[0])}`);
        refused++;
      } else {
        const unknown = errors.filter((error) => !beyondSchema.some((reason) => reason.test(error)));
        assert.deepEqual(unknown, [], `the schema takes ${what}`);
        taken++;
      }
    });
    assert.ok(refused > 200 && taken > 50, `${refused} refused, ${taken} taken`);
  });
}
