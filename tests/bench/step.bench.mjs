// One event of ten properties against 10, 1,000 and 10,000 rules of which about one in a hundred holds: natively and in
// V8, whole path (encode, call, decide, read the outcome), each beside an index written by hand for this very case.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '../../sdk/js/dist/node.js';

const root = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'desirepath-bench-'));
const print = (row) => console.log(JSON.stringify(row));

const categoriesOf = (rules) => Math.min(rules, 100);
const leastOf = (rule, categories) => Math.floor(rule / categories) % 50;

function journeyOf(rules) {
  const categories = categoriesOf(rules);
  const triggers = Array.from({ length: rules }, (_, rule) => ({
    id: `rule_${rule}`,
    event: 'Product Viewed',
    when: {
      'properties.category': `c${rule % categories}`,
      'properties.price': { $gte: leastOf(rule, categories) },
    },
    do: [{ channel: 'web', slot: 'hero' }],
  }));
  return { schema: 'desirepath/journey/1', journey: 'bench', version: 1, triggers };
}

function eventsOf(categories) {
  const rest = Object.fromEntries(
    ['sku', 'name', 'brand', 'currency', 'colour', 'size', 'list', 'position'].map((key) => [
      key,
      'some value',
    ]),
  );
  return Array.from({ length: 256 }, (_, i) => ({
    category: `c${(i * 7) % categories}`,
    price: 50 + (i % 50),
    ...rest,
  }));
}

function handIndex(rules, categories) {
  const index = new Map();
  for (let rule = 0; rule < rules; rule++) {
    const category = `c${rule % categories}`;
    if (!index.has(category)) index.set(category, []);
    index.get(category).push({ least: leastOf(rule, categories), id: `rule_${rule}` });
  }
  return (properties) => {
    const held = [];
    for (const rule of index.get(properties.category) ?? [])
      if (properties.price >= rule.least) held.push(rule.id);
    return held;
  };
}

async function inV8(program, rules) {
  const categories = categoriesOf(rules);
  const engine = await loadEngine();
  if (engine.load(program) !== 0) throw new Error('the program does not load');
  const hand = handIndex(rules, categories);
  const events = eventsOf(categories);
  const repeats = 40;
  let timestamp = 1767225600000;
  let balance = 0;
  const best = { engine: Infinity, hand: Infinity };
  const timed = (name, run) => {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < repeats; i++) for (const properties of events) run(properties);
    const ns = Number(process.hrtime.bigint() - begin) / (repeats * events.length);
    best[name] = Math.min(best[name], ns);
  };
  for (let round = 0; round < 21; round++) {
    timed('engine', (properties) => {
      const event = {
        type: 'track',
        event: 'Product Viewed',
        messageId: 'm',
        timestamp: timestamp++,
        properties,
      };
      const outcome = engine.step(event);
      balance += outcome.decisions.length;
    });
    timed('hand', (properties) => {
      balance -= hand(properties).length;
    });
  }
  if (balance !== 0) throw new Error('the engine and the index written by hand disagree');
  return best;
}

try {
  for (const rules of [10, 1000, 10000]) {
    const journey = join(folder, `${rules}.json`);
    const program = join(folder, `${rules}.dpj`);
    writeFileSync(journey, JSON.stringify(journeyOf(rules)));
    execFileSync(join(root, 'build/bin/desirepath'), ['compile', journey, '-o', program], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    const native = JSON.parse(
      execFileSync(join(root, 'build/bin/desirepath_step_bench'), [journey, String(rules)], {
        encoding: 'utf8',
      }),
    );
    const row = (name, value, baseline) =>
      print({ name, value: value / 1000, unit: 'µs', baseline: baseline / 1000, ratio: value / baseline });
    row(`step, native, ${rules} rules (beside a hand-written index)`, native.engine_ns, native.hand_ns);
    const v8 = await inV8(new Uint8Array(readFileSync(program)), rules);
    row(`step, V8, ${rules} rules (beside a hand-written index)`, v8.engine, v8.hand);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
