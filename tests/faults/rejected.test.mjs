// A rejected event that was acknowledged is kept through `kill -9`, and a replay killed at any instant happens once.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, serve } from './collector.mjs';

const rounds = 5;

const command = (...words) => execFileSync(binary, words, { encoding: 'utf8' });
const lines = (text) => text.split('\n').filter(Boolean).map(JSON.parse);

test('rejected, killed, mended, replayed, killed: each event once', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'desirepath-rejected-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const data = join(home, 'data');
  const plan = join(home, 'plan.json');
  const edits = join(home, 'mend.jsonl');
  const schema = { required: ['total'] };
  writeFileSync(plan, JSON.stringify({ plan: 1, mode: 'reject', events: { Ordered: { schema } } }));
  let keys = {};
  for (let round = 0; round < rounds; round++) {
    const collector = await serve(t, data, ['--plan', plan]);
    keys = { ...keys, ...collector.ready };
    const bad = { type: 'track', event: 'Ordered', userId: 'ann', messageId: `m${round}` };
    const sent = await fetch(`${collector.ready.url}/v1/batch?k=${keys.write_key}`, {
      method: 'POST',
      body: JSON.stringify({ batch: [bad] }),
    });
    assert.equal((await sent.json()).rejected[0].code, 'plan');
    await collector.stop('SIGKILL');

    const again = await serve(t, data, ['--plan', plan]);
    const kept = lines(command('rejected', 'list', '--data', data, '--code', 'plan'));
    assert.deepEqual(
      kept.map((line) => line.messageId),
      [`m${round}`],
    );
    for (const line of kept) line.event.properties = { total: round };
    writeFileSync(edits, kept.map((line) => JSON.stringify(line)).join('\n'));
    // Killed as soon as the answer has come: the fold may have it or not.
    const replayed = await fetch(`${again.ready.url}/v1/rejected/replay`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.secret_key}` },
      body: JSON.stringify({ events: kept }),
    });
    assert.deepEqual((await replayed.json()).replayed, [kept[0].id]);
    await again.stop('SIGKILL');
    assert.match(
      command('rejected', 'replay', '--data', data, '--edit', edits),
      /^0 replayed, 0 still rejected, 1 left/,
    );
  }
  const stored = lines(command('export', 'events', '--data', data));
  const totals = stored.map((line) => (line.event?.properties ? line.event : line).properties.total);
  assert.deepEqual(totals.sort(), [...Array(rounds).keys()]);
});
