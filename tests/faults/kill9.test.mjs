// Promise 3: acknowledged means durable. Rounds of load, `kill -9` at a random moment and restart; at the end every
// acknowledged event is in the collector, and none is there twice. Senders behave as real ones: what was not
// acknowledged is sent again after the restart, so most deaths also leave copies behind.
//
// ROUNDS=30 SEED=n node --test tests/faults/kill9.test.mjs
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { randomFrom, serve } from './collector.mjs';

const rounds = Number(process.env.ROUNDS ?? 30);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const senders = 8;
const streams = 40;
const eventsPerBatch = 5;
const lifeMsMin = 30;
const lifeMsSpread = 250;

function call(agent, url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

class Load {
  constructor(random) {
    this.random = random;
    this.made = 0;
    this.acknowledged = new Set();
    this.retries = [];
    this.refused = [];
    this.cursor = 0n;
  }

  batch() {
    if (this.retries.length > 0) return this.retries.pop();
    return Array.from({ length: eventsPerBatch }, () => {
      const number = this.made++;
      return {
        type: 'track',
        event: 'Product Viewed',
        messageId: `m-${String(number).padStart(8, '0')}`,
        anonymousId: `stream-${Math.floor(this.random() * streams)}`,
        timestamp: new Date(1_790_000_000_000 + number).toISOString(),
        properties: { number },
      };
    });
  }

  /** One sender: sends until the collector dies, keeps what nobody acknowledged. */
  async run(ready, agent, stopped) {
    while (!stopped()) {
      const batch = this.batch();
      try {
        const answer = await call(agent, `${ready.url}/v1/batch?k=${ready.write_key}`, {
          method: 'POST',
          body: JSON.stringify({ batch }),
        });
        if (answer.status !== 200) {
          this.retries.push(batch);
          this.refused.push(`${answer.status} ${answer.text}`);
          continue;
        }
        const said = JSON.parse(answer.text);
        assert.equal(said.accepted + said.duplicates, batch.length, answer.text);
        for (const event of batch) this.acknowledged.add(event.messageId);
        if (BigInt(said.cursor) > this.cursor) this.cursor = BigInt(said.cursor);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        this.retries.push(batch);
        if (!stopped()) await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}

async function countStored(ready, secret, cursor) {
  const agent = new Agent({ keepAlive: true });
  const seen = new Map();
  for (let stream = 0; stream < streams; ++stream) {
    const url = `${ready.url}/v1/profiles/anonymousId:stream-${stream}/events?limit=10000&after=${cursor}&wait=10000`;
    let answer;
    do {
      answer = await call(agent, url, { headers: { authorization: `Bearer ${secret}` } });
    } while (answer.status === 504);
    if (answer.status === 404) continue;
    assert.equal(answer.status, 200, answer.text);
    const document = JSON.parse(answer.text);
    assert.equal(document.total, document.events.length, 'the answer holds all events of the stream');
    for (const { event } of document.events) seen.set(event.messageId, (seen.get(event.messageId) ?? 0) + 1);
  }
  agent.destroy();
  return seen;
}

test(`${rounds} rounds of kill -9 under load (SEED=${seed})`, { timeout: 900_000 }, async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'desirepath-kill9-'));
  t.after(() => rm(data, { recursive: true, force: true }));
  const random = randomFrom(seed);
  const load = new Load(random);
  let secret;
  for (let round = 0; round < rounds; ++round) {
    const collector = await serve(t, data);
    secret ??= collector.ready.secret_key;
    const agent = new Agent({ keepAlive: true, maxSockets: senders });
    let killed = false;
    const running = Array.from({ length: senders }, () => load.run(collector.ready, agent, () => killed));
    await new Promise((resolve) => setTimeout(resolve, lifeMsMin + random() * lifeMsSpread));
    killed = true;
    const [, signal] = await collector.stop('SIGKILL');
    assert.equal(signal, 'SIGKILL', `it ended by itself: ${collector.errors()}`);
    await Promise.all(running);
    agent.destroy();
  }
  assert.ok(load.acknowledged.size > rounds * eventsPerBatch, 'the load was a load');
  assert.deepEqual(load.refused, [], 'nothing was refused');

  const collector = await serve(t, data);
  const stored = await countStored(collector.ready, secret, load.cursor);
  const lost = [...load.acknowledged].filter((id) => !stored.has(id));
  const twice = [...stored].filter(([, count]) => count > 1).map(([id]) => id);
  t.diagnostic(`${load.acknowledged.size} events acknowledged, ${stored.size} stored, ${load.made} made`);
  assert.deepEqual(lost, [], 'acknowledged and lost');
  assert.deepEqual(twice, [], 'stored twice');
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});
