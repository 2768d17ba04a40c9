// Load on a collector that may die at any moment, and what must be there afterwards.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';

const senders = 8;
const streams = 40;
const eventsPerBatch = 5;

/** One request; resolves with { status, headers, text }. */
export function call(agent, url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Senders that behave as real ones: what was not acknowledged is sent again, until it is. */
export class Load {
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

  /** All senders, until `stopped()`. */
  async runAll(ready, stopped) {
    const agent = new Agent({ keepAlive: true, maxSockets: senders });
    await Promise.all(Array.from({ length: senders }, () => this.run(ready, agent, stopped)));
    agent.destroy();
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
          await new Promise((resolve) => setTimeout(resolve, 5));
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

/** How often each event is stored, by messageId, once `cursor` is folded. */
export async function countStored(ready, secret, cursor) {
  const url = `${ready.url}/v1/export/events?after=${cursor}&wait=10000`;
  let answer;
  for (let tries = 0; tries < 6 && (answer === undefined || answer.status === 504); ++tries) {
    answer = await call(undefined, url, { headers: { authorization: `Bearer ${secret}` } });
  }
  assert.equal(answer.status, 200, answer.text);
  const seen = new Map();
  for (const line of answer.text.split('\n').slice(0, -1)) {
    const { messageId } = JSON.parse(line);
    seen.set(messageId, (seen.get(messageId) ?? 0) + 1);
  }
  return seen;
}

/** Fails unless everything acknowledged is stored, and nothing twice. Resolves with what is stored. */
export async function assertAllStored(load, ready, secret) {
  const stored = await countStored(ready, secret, load.cursor);
  const lost = [...load.acknowledged].filter((id) => !stored.has(id));
  const twice = [...stored].filter(([, count]) => count > 1).map(([id]) => id);
  assert.deepEqual(lost, [], 'acknowledged and lost');
  assert.deepEqual(twice, [], 'stored twice');
  return stored;
}
