// An e-mail sent this morning suppresses the banner this afternoon: the device program under Node, with the state that the
// collector's sync hands to a user who has proved who they are.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadEngine } from 'desirepath/node';
import { binary, missing as skip } from '../js/support/program.mjs';
import { startCollector } from './support/collector.mjs';

const journey = {
  schema: 'desirepath/journey/1',
  journey: 'shop',
  version: 1,
  behaviors: { viewed: { event: 'Product Viewed' } },
  purposes: { cart_reminder: { cap: { times: 1, per: '7d' } } },
  triggers: [
    { id: 'mail', event: 'Cart Updated', purpose: 'cart_reminder', do: [{ channel: 'email' }] },
    {
      id: 'banner',
      event: 'page',
      when: { 'behaviors.viewed': { $gte: 2 } },
      purpose: 'cart_reminder',
      do: [{ channel: 'web', slot: 'hero', content: { headline: 'Your cart' } }],
    },
  ],
};

const encoded = (value) => Buffer.from(value).toString('base64url');

function token(userId, key) {
  const claims = { sub: userId, exp: Math.floor(Date.now() / 1000) + 600 };
  const text = `${encoded('{"alg":"HS256","typ":"JWT"}')}.${encoded(JSON.stringify(claims))}`;
  return `${text}.${encoded(createHmac('sha256', key).update(text).digest())}`;
}

test('what another channel sent counts on the device after the next sync', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'desirepath-sync-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'shop.journey.json');
  writeFileSync(file, JSON.stringify(journey));
  const collector = await startCollector(binary, file);
  t.after(() => collector.stop());
  const { url, write_key: writeKey, secret_key: secretKey } = collector.ready;
  const made = spawnSync(
    binary,
    ['keys', 'create', '--data', collector.data, '--kind', 'identity', '--source', 'shop'],
    { encoding: 'utf8' },
  );
  assert.equal(made.status, 0, made.stderr);
  const identityKey = made.stdout.trim();

  const post = async (path, body, key) => {
    const headers = key && { authorization: `Bearer ${key}` };
    const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers });
    assert.equal(response.status, 200);
    return response.json();
  };
  // A key made by another process counts from the next second on.
  const sync = async (batch, seq) => {
    for (;;) {
      const body = { writeKey, batch, seq, anonymousId: 'device', token: token('ann', identityKey) };
      const answer = await post('/v1/sync', body);
      if (answer.identity.proved && !answer.behind) return answer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const engine = await loadEngine();
  const shown = async ({ program, state }) => {
    const bytes = await fetch(`${url}/v1/programs/${program}`);
    assert.equal(engine.load(new Uint8Array(await bytes.arrayBuffer())), 0);
    assert.equal(engine.restore(new Uint8Array(Buffer.from(state, 'base64'))), 0);
    const page = { messageId: 'page', timestamp: Date.now() + 1000, type: 'page', userId: 'ann' };
    return engine.step(page).decisions.map(({ slot, reason, content }) => [slot, reason ?? content.headline]);
  };

  const viewed = (seq) => ({
    type: 'track',
    event: 'Product Viewed',
    userId: 'ann',
    messageId: `m${seq}`,
    context: { seq },
  });
  const morning = await sync([viewed(1), viewed(2)], 0);
  assert.equal(morning.seq, 2);
  assert.deepEqual(await shown(morning), [['hero', 'Your cart']]);

  const sent = { decisionId: 'c~mail~email', trigger: 'mail', purpose: 'cart_reminder', channel: 'email' };
  await post('/v1/track', { userId: 'ann', event: 'Decision Delivered', properties: sent }, secretKey);
  const afternoon = await sync([viewed(3)], morning.seq);
  assert.equal(afternoon.seq, 3);
  assert.deepEqual(await shown(afternoon), [['hero', 'purpose_served']]);
});
