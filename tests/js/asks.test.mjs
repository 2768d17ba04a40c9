// Asks and local time through the engine's JavaScript face, natively compiled journeys in the WebAssembly build.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadEngine } from '../../sdk/js/dist/node.js';
import { compiled, missing as skip } from './support/program.mjs';

const kDay = 86400_000;
const start = Date.UTC(2026, 0, 1);

async function engineOf(definitions, ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'desirepath-asks-'));
  try {
    const path = join(folder, 'journey.json');
    writeFileSync(
      path,
      JSON.stringify({ schema: 'desirepath/journey/1', journey: 'j', version: 1, ...definitions }),
    );
    return await loadEngine({ program: compiled(path, ...options) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let count = 0;
const track = (timestamp, event, properties, context) => ({
  type: 'track',
  messageId: `m${count++}`,
  timestamp,
  event,
  properties,
  context,
});

test('the device knows what to ask for, and what next', { skip }, async () => {
  const asks = { size: {}, email: { cap: { times: 1, per: '30d' }, priority: 5 } };
  const engine = await engineOf({ asks }, '--device');
  assert.equal(engine.nextAsk(start), 'email');
  assert.equal(engine.shouldAsk('size', start), true);
  assert.equal(engine.shouldAsk('shoes', start), undefined);
  engine.step(track(start, 'Field Asked', { field: 'email' }));
  assert.equal(engine.shouldAsk('email', start), false);
  assert.equal(engine.nextAsk(start), 'size');
  assert.equal(engine.shouldAsk('email', start + 30 * kDay), true);
  engine.step({
    ...track(start + 1, undefined),
    type: 'identify',
    traits: { size: 41, email: 'a@shop.example' },
  });
  assert.equal(engine.nextAsk(start + 30 * kDay), null);
});

test('a program without asks has none to ask', { skip }, async () => {
  const engine = await engineOf({ audiences: { a: { stage_age: { $exists: true } } } });
  assert.equal(engine.shouldAsk('email', start), undefined);
  assert.equal(engine.nextAsk(start), null);
});

const quiet = {
  channels: { web: { quiet: ['21:00', '08:00'] } },
  audiences: { evening: { 'now.hour': { $gte: 18 } } },
  triggers: [{ id: 't', event: 'E', do: [{ channel: 'web', slot: 'hero' }] }],
};
const decided = (outcome) => outcome.decisions.map(({ outcome, reason }) => reason ?? outcome).join();

test("a person's zone is handed in with each event, wake and reading", { skip }, async () => {
  const engine = await engineOf(quiet);
  assert.equal(engine.keepsLocalTime(), true);
  const berlin = { timezone: 'Europe/Berlin' };
  assert.equal(decided(engine.step(track(Date.UTC(2026, 5, 1, 6), 'E', {}, berlin))), 'fired');
  assert.deepEqual(engine.report(Date.UTC(2026, 5, 1, 16)).audiences, ['evening']);
  assert.deepEqual(engine.report(Date.UTC(2026, 5, 1, 16) - 1).audiences, []);
  const state = engine.save();
  assert.equal(
    decided(engine.step(track(Date.UTC(2026, 5, 1, 7), 'E', {}, { timezone: 'America/New_York' }))),
    'quiet_hours',
  );
  assert.equal(decided(engine.step(track(Date.UTC(2026, 5, 1, 12), 'E'))), 'fired');
  engine.restore(state);
  assert.deepEqual(engine.report(Date.UTC(2026, 5, 1, 16)).audiences, ['evening']);
});

test('without rules the offset an event says stands', { skip }, async () => {
  const engine = await engineOf(quiet);
  engine.zones = undefined;
  const context = { timezone: 'Europe/Berlin', utcOffset: -600 };
  assert.equal(decided(engine.step(track(Date.UTC(2026, 5, 1, 17), 'E', {}, context))), 'quiet_hours');
  assert.equal(decided(engine.step(track(Date.UTC(2026, 5, 1, 18), 'E'))), 'fired');
});

test('a table that is none is refused, and then no zone is known', { skip }, async () => {
  const engine = await engineOf(quiet);
  engine.zones = () => new Uint8Array([255, 255, 255, 255]);
  const context = { timezone: 'America/New_York' };
  assert.equal(decided(engine.step(track(Date.UTC(2026, 5, 1, 9), 'E', {}, context))), 'fired');
});
