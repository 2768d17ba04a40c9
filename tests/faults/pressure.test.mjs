// Under thousands of half-open and idle connections health answers and an honest client is served.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from './collector.mjs';
import { holdMany, residentMb, timed } from './held_connections.mjs';

const kHeld = 2000;
const kMemoryMb = 256;

test('2,000 half-open POSTs and 2,000 idle connections keep nobody out', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'desirepath-pressure-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const collector = await serve(t, join(root, 'data'));
  const { ready, pid } = collector;
  const held = await holdMany(ready, kHeld);
  t.after(held.release);
  const health = [];
  const honest = [];
  for (let round = 0; round < 20; round++) {
    health.push(await timed(`${ready.ops_url}/health`));
    const body = JSON.stringify({ batch: [{ type: 'page', userId: `u${round}` }] });
    honest.push(await timed(`${ready.url}/v1/batch?k=${ready.write_key}`, { method: 'POST', body }));
  }
  const stillOpen = [...held.halfOpen, ...held.idle].filter((socket) => !socket.readableEnded).length;
  const memory = residentMb(pid);
  const median = (all) =>
    all
      .map(({ ms }) => ms)
      .sort((a, b) => a - b)
      [all.length >> 1].toFixed(1);
  t.diagnostic(
    `held ${stillOpen}; /health ${median(health)} ms, POST ${median(honest)} ms; ${memory.toFixed(0)} MB resident`,
  );
  for (const { status } of [...health, ...honest]) assert.equal(status, 200);
  assert.ok(memory < kMemoryMb, `${memory} MB`);
  held.release();
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});
