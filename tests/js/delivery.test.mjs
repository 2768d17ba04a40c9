import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { deliveringPage } from './support/delivering_page.mjs';
import { ledgerServer } from './support/ledger_server.mjs';
import { LocalStorage } from './support/local_storage.mjs';
import { source } from './support/source.mjs';

const { addresses } = await source('core/addresses');
const { fetchSend, retryAfter } = await source('core/transport');
const { kBatchBytes, kEventAgeMs, kKeepaliveBytes, kLeaseMs } = await source('core/limits');

let server;
let clock;
before(async () => {
  server = await ledgerServer();
});
beforeEach(() => {
  server.requests.length = 0;
  server.answer = () => undefined;
  clock = 1_800_000_000_000;
});
after(() => server.close());
let made = [];
afterEach(() => {
  for (const { sender } of made) sender.stop();
  made = [];
});

function page(storage, tab, options = {}) {
  const sent = [];
  const dropped = [];
  const now = () => clock;
  let id = 0;
  const { queue, leased, sender } = deliveringPage(storage, tab, now, () => `${tab}${id++}`, {
    send: fetchSend(addresses([`${server.url}/v1/batch?k=wk`], storage), '', now),
    onSent: ({ messageIds }) => sent.push(...messageIds),
    onDropped: (drop) => dropped.push(drop),
    ...options,
  });
  const self = {
    queue,
    leased,
    sender,
    sent,
    dropped,
    seq: 0,
    add(fields = {}) {
      const messageId = `${tab}-${String(self.seq++).padStart(4, '0')}`;
      const event = {
        messageId,
        timestamp: clock,
        type: 'track',
        event: 'E',
        anonymousId: 'anon',
        ...fields,
      };
      assert.ok(queue.add(JSON.stringify(event)));
      return messageId;
    },
  };
  made.push(self);
  return self;
}

const storedIds = () => server.stored().map(({ messageId }) => messageId);

async function until(condition) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`never: ${condition}`);
}

test('a batch is text/plain with the key in the address, and its acknowledgement empties the journal', async () => {
  const storage = new LocalStorage();
  const tab = page(storage, 'a');
  const ids = Array.from({ length: 10 }, () => tab.add());
  assert.equal(await tab.sender.flush(), 10);
  assert.equal(server.requests.length, 1);
  const [{ method, key, type }] = server.requests;
  assert.deepEqual([method, key, type], ['POST', 'wk', 'text/plain']);
  assert.deepEqual(storedIds(), ids);
  assert.deepEqual(tab.sent, ids);
  assert.equal(tab.queue.size(), 0);
  assert.deepEqual(Object.keys(storage.all()), ['dp.r'], 'no lease is left');
});

test('a full journal leaves in batches within the limit, oldest first', async () => {
  const tab = page(new LocalStorage(), 'a');
  const ids = Array.from({ length: 400 }, (_, n) => tab.add({ properties: { text: String(n).repeat(80) } }));
  assert.equal(await tab.sender.flush(), 400);
  assert.deepEqual(storedIds(), ids);
  assert.ok(server.requests.length >= 4);
  for (const { text } of server.requests) assert.ok(Buffer.byteLength(text) <= kBatchBytes);
});

test('what comes while a batch is away waits for company', async () => {
  let answer;
  const sizes = [];
  const tab = page(new LocalStorage(), 'a', {
    send: (body) => {
      sizes.push(JSON.parse(body).batch.length);
      return new Promise((resolve) => (answer = () => resolve({ status: 200 })));
    },
  });
  const add = () => {
    tab.add();
    tab.sender.notice();
  };
  for (let n = 0; n < 20; n++) add();
  await until(() => sizes.length === 1);
  for (let n = 0; n < 5; n++) add();
  answer();
  await until(() => tab.queue.size() === 5);
  for (let n = 0; n < 5; n++) add();
  await until(() => sizes.length === 2);
  assert.deepEqual(sizes, [20, 10]);
});

test('a request that fails as the page goes is not sent again with it', async () => {
  const sizes = [];
  let fail;
  const tab = page(new LocalStorage(), 'a', {
    send: (body) => {
      sizes.push(JSON.parse(body).batch.length);
      return new Promise((resolve) => (fail = () => resolve({ status: 0 })));
    },
  });
  for (let n = 0; n < 3; n++) tab.add();
  tab.sender.flush();
  await until(() => sizes.length === 1);
  fail();
  await new Promise((resolve) => setTimeout(resolve));
  tab.add();
  tab.sender.farewell(true);
  assert.deepEqual(sizes, [3, 1]);
});

test('two tabs that flush at once send each event once', async () => {
  const storage = new LocalStorage();
  const [a, b] = [page(storage, 'a'), page(storage, 'b')];
  const ids = [];
  for (let n = 0; n < 30; n++) ids.push(a.add(), b.add());
  await Promise.all([a.sender.flush(), b.sender.flush(), a.sender.flush()]);
  assert.deepEqual(storedIds().sort(), ids.sort());
});

test('a page that goes sends one request and awaits nothing; until the lease ends nobody repeats it', async () => {
  const storage = new LocalStorage();
  // The old page's answer is never seen.
  const gone = page(storage, 'a', { send: () => new Promise(() => {}) });
  const bodies = [];
  const old = page(storage, 'b', { beacon: (body) => bodies.push(body) });
  const ids = [gone.add(), gone.add()];
  old.sender.farewell(true);
  assert.equal(bodies.length, 1);
  assert.deepEqual(
    JSON.parse(bodies[0]).batch.map(({ messageId }) => messageId),
    ids,
  );
  const next = page(storage, 'c');
  assert.equal(await next.sender.flush(), 0);
  assert.equal(server.requests.length, 0);
  assert.equal(next.queue.size(), 2);
  clock += kLeaseMs;
  assert.equal(await next.sender.flush(), 2);
  assert.deepEqual(storedIds(), ids);
});

test("the last request takes the newest page's events first and at most 60 KB", () => {
  const storage = new LocalStorage();
  const older = page(storage, 'a');
  const bodies = [];
  const newer = page(storage, 'b', { beacon: (body) => bodies.push(body) });
  const unlike = (n) => ({ properties: { text: String.fromCharCode(97 + (n % 26)).repeat(900) } });
  for (let n = 0; n < 60; n++) older.add(unlike(n));
  const ids = Array.from({ length: 50 }, (_, n) => newer.add(unlike(n)));
  newer.sender.farewell(true);
  assert.ok(Buffer.byteLength(bodies[0]) <= kKeepaliveBytes);
  const sent = JSON.parse(bodies[0]).batch.map(({ messageId }) => messageId);
  assert.deepEqual(sent.slice(0, 50), ids);
  assert.ok(sent.length > 50 && sent.slice(50).every((id) => id.startsWith('a-')));
});

test('a page that goes offline gives its leases back, also of what is in flight', async () => {
  const storage = new LocalStorage();
  const gone = page(storage, 'a', { send: () => new Promise(() => {}) });
  const id = gone.add();
  gone.sender.flush();
  await until(() => gone.leased.held().size === 1);
  gone.sender.farewell(false);
  const next = page(storage, 'b');
  assert.equal(await next.sender.flush(), 1);
  assert.deepEqual(storedIds(), [id]);
});

test('a page that is gone leases nothing more: a browser hides it after it has ended it', async () => {
  const tab = page(new LocalStorage(), 'a');
  tab.add();
  tab.sender.farewell(false);
  assert.equal(await tab.sender.flush(), 0);
  assert.equal(tab.leased.held().size, 0);
  tab.sender.resume();
  await until(() => tab.sent.length === 1);
});

test('503 with Retry-After is retried by a timer, without a next event', async () => {
  const tab = page(new LocalStorage(), 'a');
  server.answer = () =>
    server.requests.length < 3 ? { status: 503, headers: { 'retry-after': '0' } } : undefined;
  const ids = [tab.add(), tab.add()];
  assert.equal(await tab.sender.flush(), 0);
  await until(() => tab.sent.length === 2);
  assert.deepEqual(storedIds(), ids);
  assert.equal(server.requests.length, 3);
});

test('while a pause is in force new events wait for its end', async () => {
  const tab = page(new LocalStorage(), 'a', { flushAt: 1 });
  server.answer = () => ({ status: 429, headers: { 'retry-after': '60' } });
  tab.add();
  await tab.sender.flush();
  for (let n = 0; n < 5; n++) {
    tab.add();
    tab.sender.notice();
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(server.requests.length, 1);
  server.answer = () => undefined;
  assert.equal(await tab.sender.flush(), 6, 'an explicit flush goes at once');
});

test('no answer at all keeps every event', async () => {
  const dead = await ledgerServer();
  await dead.close();
  const storage = new LocalStorage();
  const tab = page(storage, 'a', {
    send: fetchSend(addresses([`${dead.url}/v1/batch`], storage), '', () => clock),
  });
  tab.add();
  assert.equal(await tab.sender.flush(), 0);
  assert.equal(tab.queue.size(), 1);
  while (tab.leased.held().size) await new Promise((resolve) => setTimeout(resolve, 20));
});

test('events the collector rejects are given up and reported, the others are not', async () => {
  const tab = page(new LocalStorage(), 'a');
  const [first, second, third] = [tab.add(), tab.add(), tab.add()];
  server.answer = () => ({
    body: { success: true, rejected: [{ index: 1, code: 'bad_event', message: 'no' }] },
  });
  assert.equal(await tab.sender.flush(), 2);
  assert.deepEqual(tab.sent, [first, third]);
  assert.deepEqual(tab.dropped, [
    { reason: 'rejected', messageId: second, code: 'bad_event', message: 'no' },
  ]);
  assert.equal(tab.queue.size(), 0);
});

for (const status of [400, 413]) {
  test(`${status}: halves find the one event at fault, and only that one is given up`, async () => {
    const tab = page(new LocalStorage(), 'a');
    const ids = Array.from({ length: 9 }, () => tab.add());
    server.answer = ({ text }) => (text.includes(ids[6]) ? { status } : undefined);
    await tab.sender.flush();
    assert.deepEqual(
      storedIds(),
      ids.filter((id) => id !== ids[6]),
    );
    const reason = status === 413 ? 'too_large' : 'rejected';
    assert.deepEqual(tab.dropped, [{ reason, messageId: ids[6], code: String(status) }]);
    assert.equal(tab.queue.size(), 0);
  });
}

test('an address that answers 400 to everything costs three events, not the journal', async () => {
  const tab = page(new LocalStorage(), 'a');
  for (let n = 0; n < 30; n++) tab.add();
  server.answer = () => ({ status: 400 });
  await tab.sender.flush();
  assert.equal(tab.dropped.length, 3);
  assert.equal(tab.queue.size(), 27);
});

test('a refused key keeps every event', async (t) => {
  t.mock.method(console, 'error', () => {});
  const tab = page(new LocalStorage(), 'a');
  tab.add();
  server.answer = () => ({ status: 401 });
  await tab.sender.flush();
  assert.equal(tab.queue.size(), 1);
  assert.deepEqual(tab.dropped, []);
  assert.equal(console.error.mock.callCount(), 1);
});

test('an event of 28 days is given up and reported, a younger one is sent', async () => {
  const storage = new LocalStorage();
  const before = page(storage, 'a');
  const tab = page(storage, 'b');
  const old = before.add({ timestamp: clock - kEventAgeMs });
  const young = before.add({ timestamp: clock - kEventAgeMs + 1 });
  await tab.sender.flush();
  assert.deepEqual(storedIds(), [young]);
  assert.deepEqual(tab.dropped, [{ reason: 'expired', messageId: old }]);
});

test('a clock set a year ahead gives up nothing of this page, and sends nothing twice that is in flight', async () => {
  const answers = [];
  const tab = page(new LocalStorage(), 'a', { send: () => new Promise((resolve) => answers.push(resolve)) });
  tab.add();
  const first = tab.sender.flush();
  await until(() => answers.length === 1);
  clock += 365 * 86400_000;
  tab.add();
  tab.sender.farewell(true);
  await until(() => answers.length === 2);
  for (const answer of answers) answer({ status: 200 });
  assert.equal(await first, 1);
  await until(() => tab.sent.length === 2);
  assert.equal(new Set(tab.sent).size, 2);
  assert.deepEqual(tab.dropped, []);
});

test('a pause that was asked for is kept by the next page and by one that goes', async () => {
  const storage = new LocalStorage();
  const tab = page(storage, 'a');
  tab.add();
  server.answer = () => ({ status: 429, headers: { 'retry-after': '60' } });
  await tab.sender.flush();
  server.answer = () => undefined;
  const next = page(storage, 'b');
  next.sender.due();
  next.sender.farewell(true);
  tab.sender.due();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(server.requests.length, 1);
  clock += 60_000;
  next.sender.resume();
  await until(() => next.sent.length === 1);
});

test('a blocked path: its other names are tried, and the one that works is remembered', async () => {
  const storage = new LocalStorage();
  const urls = ['/gone', '/blocked', '/v1/batch'].map((path) => `${server.url}${path}`);
  const asked = [];
  const fetched = globalThis.fetch;
  globalThis.fetch = (url, options) => {
    asked.push(new URL(url).pathname);
    return url.endsWith('/blocked')
      ? Promise.reject(new TypeError('Failed to fetch'))
      : fetched(url, options);
  };
  try {
    const send = () => fetchSend(addresses(urls, storage), '', () => clock);
    const tab = page(storage, 'a', { send: send() });
    const ids = [tab.add(), tab.add()];
    assert.equal(await tab.sender.flush(), 2);
    assert.deepEqual(storedIds(), ids);
    assert.deepEqual(asked, ['/gone', '/blocked', '/v1/batch']);
    const next = page(storage, 'b', { send: send() });
    next.add();
    await next.sender.flush();
    assert.deepEqual(asked.slice(3), ['/v1/batch'], 'on the next page at once');
  } finally {
    globalThis.fetch = fetched;
  }
});

test('offline every name is tried once, nothing is given up, and the first is first again', async () => {
  const dead = await ledgerServer();
  await dead.close();
  const storage = new LocalStorage();
  const to = addresses([`${dead.url}/a`, `${dead.url}/b`], storage);
  const tab = page(storage, 'a', { send: fetchSend(to, '', () => clock) });
  tab.add();
  assert.equal(await tab.sender.flush(), 0);
  assert.equal(tab.queue.size(), 1);
  assert.equal(to.current(), `${dead.url}/a`);
});

test('where storage does not let go of a key, what was acknowledged is not sent again', async () => {
  const storage = new LocalStorage();
  storage.removeItem = () => {};
  const tab = page(storage, 'a');
  tab.add();
  assert.equal(await tab.sender.flush(), 1);
  assert.equal(await tab.sender.flush(), 0);
  assert.equal(storedIds().length, 1);
  assert.equal(tab.queue.size(), 0);
});

test('a damaged key does not hold up the others', async () => {
  const storage = new LocalStorage();
  const tab = page(storage, 'b');
  storage.setItem('dp.q.a.0000', '{"messageId":');
  storage.setItem('dp.q.a.0001', 'null');
  const id = tab.add();
  await tab.sender.flush();
  assert.deepEqual(storedIds(), [id]);
  assert.deepEqual(
    tab.dropped.map(({ reason }) => reason),
    ['invalid', 'invalid'],
  );
});

test('once the collector is known its batches are compressed, and a failure goes back to plain text', async () => {
  const tab = page(new LocalStorage(), 'a');
  const fill = () =>
    Array.from({ length: 10 }, () => tab.add({ properties: { category: 'shoes', price: 10 } }));
  const ids = fill();
  await tab.sender.flush();
  ids.push(...fill());
  await tab.sender.flush();
  assert.deepEqual(
    server.requests.map(({ compressed }) => compressed),
    [false, true],
  );
  server.answer = () =>
    server.requests.length === 3 ? { status: 500, headers: { 'retry-after': '0' } } : undefined;
  ids.push(...fill());
  await tab.sender.flush();
  await until(() => tab.queue.size() === 0);
  assert.deepEqual(
    server.requests.map(({ compressed }) => compressed),
    [false, true, true, false],
  );
});

test('twenty events leave at once, fewer after a moment', async () => {
  const tab = page(new LocalStorage(), 'a', { flushAfterMs: 20 });
  tab.add();
  tab.sender.notice();
  await until(() => tab.sent.length === 1);
  const slow = page(new LocalStorage(), 'b', { flushAfterMs: 3600_000 });
  for (let n = 0; n < 20; n++) {
    slow.add();
    slow.sender.notice();
  }
  await until(() => slow.sent.length === 20);
});

test('Retry-After is seconds or a date, and bounded', () => {
  assert.equal(retryAfter('12', 0), 12_000);
  assert.equal(retryAfter('Thu, 01 Jan 1970 00:00:09 GMT', 4000), 5000);
  assert.equal(retryAfter('99999999', 0), 600_000);
  for (const header of [null, '', 'soon', '-1']) assert.equal(retryAfter(header, 0), undefined, header);
});
