// One event of ten attributes against 1 to 10,000 rules of which one in a hundred holds: natively and in V8, whole path (encode, call,
// decide, read what fired), beside an index written by hand for this very case and beside the field's rule engines. All answers are
// compared before anything is timed; what is compared is timed in turns, and the best round counts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '../../sdk/js/dist/node.js';
import { peers } from './peers.mjs';
import { handIndex, journeyOf, rulesOf, samples } from './rule_set.mjs';

const root = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'desirepath-bench-'));
const print = (row) => console.log(JSON.stringify(row));

const kRounds = 15;
const kRoundNs = 8e6;
/** What takes longer each time is timed in this many rounds. */
const kSlowNs = 50e6;
const kSlowRounds = 3;
/** Events that the slower contenders are compared on: their answers do not depend on earlier events. */
const kCompared = 8;
/** Events before the first that is timed: from then on every count suffices. */
const kCounted = 3;

let clock = 1767225600000;
const eventOf = (properties) => ({
  type: 'track',
  event: 'Product Viewed',
  messageId: 'message-1',
  timestamp: clock++,
  properties,
});

const ascending = (held) => [...held].sort((a, b) => a - b);

/** Every contender gives the same rules for every event. */
async function compare(rules, engine, hand, others) {
  for (let event = 0; event < kCounted; event++) {
    engine.step(eventOf(samples[0]));
    hand(eventOf(samples[0]));
  }
  for (const [number, properties] of samples.entries()) {
    const event = eventOf(properties);
    const { decisions } = engine.step(event);
    const expected = hand(event);
    const indexes = decisions.map(({ trigger }) => Number(trigger.slice(5)));
    assert.deepEqual(ascending(indexes), ascending(expected.held));
    const [first] = decisions.filter(({ outcome }) => outcome === 'fired');
    assert.equal(first?.decisionId, expected.fired?.decisionId);
    if (number >= kCompared) continue;
    const facts = { ...properties, count: 9 };
    for (const [name, run] of others) assert.deepEqual(ascending(await run(facts)), ascending(indexes), name);
  }
  const matches = samples.reduce((sum, properties) => sum + hand(eventOf(properties)).held.length, 0);
  return matches / samples.length / rules.length;
}

/** Nanoseconds an event, by name. `runs` of [name, function of an event's properties]. */
async function timed(runs) {
  const best = new Map(runs.map(([name]) => [name, Infinity]));
  const repeats = new Map(runs.map(([name]) => [name, 4]));
  for (let round = 0; round < kRounds; round++) {
    for (const [name, run] of runs) {
      const events = repeats.get(name);
      if (round >= kSlowRounds && best.get(name) * events > kSlowNs) continue;
      const begin = process.hrtime.bigint();
      for (let event = 0; event < events; event++) {
        const answer = run(samples[event & 255]);
        if (answer instanceof Promise) await answer;
      }
      const ns = Number(process.hrtime.bigint() - begin) / events;
      best.set(name, Math.min(best.get(name), ns));
      // Slow ones run fewer events, fast ones enough to be measured.
      repeats.set(name, Math.max(2, Math.min(20_000, Math.round(kRoundNs / ns))));
    }
  }
  return best;
}

async function bench(count) {
  const rules = rulesOf(count);
  const journey = join(folder, `${count}.json`);
  const program = join(folder, `${count}.dpj`);
  writeFileSync(journey, JSON.stringify(journeyOf(rules)));
  execFileSync(join(root, 'build/bin/desirepath'), ['compile', journey, '-o', program], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const words = [journey, String(count)];
  const native = JSON.parse(execFileSync(join(root, 'build/bin/desirepath_step_bench'), words));

  const engine = await loadEngine({ program: new Uint8Array(readFileSync(program)) });
  const hand = handIndex(rules);
  const others = Object.entries(peers).map(([name, make]) => [name, make(rules)]);
  const share = await compare(rules, engine, hand, others);
  if (count >= 1000) assert.equal(share, 0.01);

  let fired = 0;
  const ns = await timed([
    ['engine', (properties) => (fired += engine.step(eventOf(properties)).fired.length)],
    ['hand', (properties) => (fired += hand(eventOf(properties)).fired ? 1 : 0)],
    ...others.map(([name, run]) => [name, (properties) => run({ ...properties, count: 9 })]),
  ]);
  const row = (name, value, baseline) =>
    print({ name, value: value / 1000, unit: 'µs', baseline: baseline / 1000, ratio: value / baseline });
  const rulesText = `${count} rule${count === 1 ? '' : 's'}`;
  row(`step, native, ${rulesText} (beside a hand-written index)`, native.engine_ns, native.hand_ns);
  row(`step, V8, ${rulesText} (beside a hand-written index)`, ns.get('engine'), ns.get('hand'));
  for (const [name] of others) {
    row(`step, V8, ${rulesText} (beside ${name})`, ns.get('engine'), ns.get(name));
  }
}

try {
  for (const count of [1, 100, 1000, 10_000]) await bench(count);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
