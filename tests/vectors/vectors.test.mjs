// Every vector, natively, through both builds for WebAssembly and through the one without it, in the order given and in any other.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { decisionLog, loadEngine, readEventFile } from '../../sdk/js/dist/node.js';

const root = new URL('../../', import.meta.url).pathname;
const binary = join(root, 'build/bin/desirepath');
const runner = join(root, 'sdk/js/dist/cli/run.js');
const vectors = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'));
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'desirepath-vectors-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const asLines = (values) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const builds = ['core', 'full', 'js'];

// What a build logs of the file; null where it refuses the program, by naming what it lacks.
async function logOf(wasm, program, events, effects) {
  const engine = await loadEngine({ program: readFileSync(program), wasm }).catch((error) => {
    assert.match(error.message, /^the program needs [a-z_, ]+, which this build has not$/);
    assert.equal(wasm, 'core');
    return null;
  });
  return engine && [...decisionLog(engine, readEventFile(readFileSync(events)).events, effects)].join('');
}

// A permutation that differs by round and is the same on every machine.
function shuffled(values, round) {
  const order = [...values];
  let seed = 12345 + round;
  for (let i = order.length - 1; i > 0; i--) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const j = seed % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

for (const name of vectors) {
  const vector = JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));
  test(`${name}: ${vector.about}`, async () => {
    const journey = join(folder, name);
    const program = join(folder, `${name}.dpj`);
    const events = join(folder, `${name}.jsonl`);
    const header = { schema: 'desirepath/journey/1', journey: 'vector', version: 1 };
    writeFileSync(journey, JSON.stringify({ ...header, ...vector.journey }));
    execFileSync(binary, ['compile', journey, '-o', program], { stdio: ['ignore', 'ignore', 'ignore'] });
    const effects = vector.effects ? ['--effects', vector.effects] : [];
    const expected = asLines(vector.log);

    const runs = [vector.events];
    for (let round = 0; round < 5; round++) {
      runs.push(shuffled([...vector.events, ...shuffled(vector.events, round).slice(0, 2)], round));
    }
    for (const lines of runs) {
      writeFileSync(events, asLines(lines));
      const native = spawnSync(binary, ['run', journey, events, ...effects], { encoding: 'utf8' });
      assert.equal(native.status, 0, native.stderr);
      assert.equal(native.stdout, expected, 'native');
      const wasm = spawnSync(process.execPath, [runner, program, events, ...effects], { encoding: 'utf8' });
      assert.equal(wasm.status, 0, wasm.stderr);
      assert.equal(wasm.stdout, expected, 'WebAssembly');
      for (const build of builds) {
        const log = await logOf(build, program, events, vector.effects !== 'recorded');
        if (log !== null) assert.equal(log, expected, build);
      }
    }
  });
}

test('the device program decides like the full one, under hashed ids', () => {
  const vector = JSON.parse(readFileSync(join(import.meta.dirname, 'event-trigger.json'), 'utf8'));
  const journey = join(folder, 'device.json');
  const program = join(folder, 'device.dpj');
  const events = join(folder, 'device.jsonl');
  const header = { schema: 'desirepath/journey/1', journey: 'vector', version: 1 };
  writeFileSync(journey, JSON.stringify({ ...header, ...vector.journey }));
  writeFileSync(events, asLines(vector.events));
  execFileSync(binary, ['compile', journey, '--device', '-o', program], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const wasm = spawnSync(process.execPath, [runner, program, events], { encoding: 'utf8' });
  const decided = wasm.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    decided.map((line) => [line.messageId, line.outcome]),
    vector.log.map((line) => [line.messageId, line.outcome]),
  );
  assert.match(decided[0].trigger, /^#[0-9a-f]{8}$/);
});

test('lines that cannot be used are said by both, and the rest is folded', () => {
  const vector = JSON.parse(readFileSync(join(import.meta.dirname, 'event-trigger.json'), 'utf8'));
  const journey = join(folder, 'bad.json');
  const program = join(folder, 'bad.dpj');
  const events = join(folder, 'bad.jsonl');
  const bad = [
    'not json',
    '[]',
    '{"type":"track","event":"E","anonymousId":"a"}',
    '{"type":"track","event":"E","timestamp":"2026-01-01T00:00:00Z"}',
    '{"type":"track","anonymousId":"a","timestamp":"2026-01-01T00:00:00Z"}',
    '{"type":"dance","anonymousId":"a","timestamp":"2026-01-01T00:00:00Z"}',
    '{"type":"track","event":"E","anonymousId":"a","timestamp":"2026-02-30T00:00:00Z"}',
    '{"type":"track","event":"E\\ud800","anonymousId":"a","timestamp":"2026-01-01T00:00:00Z"}',
    '{"type":"track","event":"E","anonymousId":"a","timestamp":"2026-01-01T00:00:00Z","properties":{"n":1e999}}',
    `{"type":"track","event":"E","anonymousId":"a","timestamp":"2026-01-01T00:00:00Z","properties":${'['.repeat(17)}${']'.repeat(17)}}`,
    `{"type":"track","event":"E","anonymousId":"a","timestamp":"2026-01-01T00:00:00Z","messageId":"${'m'.repeat(129)}"}`,
  ];
  writeFileSync(
    journey,
    JSON.stringify({ schema: 'desirepath/journey/1', journey: 'v', version: 1, ...vector.journey }),
  );
  execFileSync(binary, ['compile', journey, '-o', program], { stdio: ['ignore', 'ignore', 'ignore'] });
  writeFileSync(events, `${bad.join('\n')}\n\n${asLines(vector.events)}`);
  const native = spawnSync(binary, ['run', journey, events], { encoding: 'utf8' });
  const wasm = spawnSync(process.execPath, [runner, program, events], { encoding: 'utf8' });
  const linesSaid = (stderr) => [...stderr.matchAll(/bad\.jsonl:(\d+): /g)].map((match) => Number(match[1]));
  for (const run of [native, wasm]) {
    assert.equal(run.status, 1);
    assert.equal(run.stdout, asLines(vector.log));
    assert.deepEqual(
      linesSaid(run.stderr),
      bad.map((_, index) => index + 1),
    );
  }
});
