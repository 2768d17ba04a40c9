import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const { serialize, byteLength } = await source('core/batch');
const { packed } = await source('core/transport');

const page = {
  url: 'https://shop.test/shoes?x=1',
  path: '/shoes',
  title: 'Shoes',
  referrer: 'https://search.test/',
};
const event = (n, more = {}) => ({
  messageId: `0mf3k2l8a00abcdefgh${n}`,
  timestamp: 1_800_000_000_000 + n,
  type: 'track',
  event: 'Product Viewed',
  properties: { sku: `S-${n}`, price: 129 },
  anonymousId: 'anon1234567890abcdefghij',
  context: { utcOffset: 120, page },
  ...more,
});

/** What the collector makes of a batch: members of the batch and of its context go to events that lack them. */
function restored(body) {
  const { batch, context, anonymousId, userId } = JSON.parse(body);
  return batch.map(({ context: own, ...rest }) => {
    const { library: _, ...merged } = { ...context, ...own };
    return { ...(anonymousId && { anonymousId }), ...(userId && { userId }), ...rest, context: merged };
  });
}

test('ten ordinary events take at most 150 bytes each as they travel, 170 where nothing may be compressed', async () => {
  const events = Array.from({ length: 10 }, (_, n) => event(n));
  const body = serialize(events, 1_800_000_000_100, 'compact');
  const bytes = [byteLength(body) / 10, (await packed(body)).size / 10];
  assert.ok(bytes[0] <= 170 && bytes[1] <= 150, `${bytes} bytes`);
});

test('a compact batch says exactly what its events say', () => {
  const mixed = [
    event(1),
    event(2, { context: { utcOffset: 60, page, campaign: { source: 'mail' } } }),
    event(3, { userId: 'u1', context: { utcOffset: 120 } }),
    event(4, { anonymousId: 'another' }),
    event(5, { context: undefined }),
    event(6, { context: { utcOffset: 120, page: { ...page, title: 'Other' }, consent: null } }),
  ];
  for (const events of [mixed, mixed.slice(0, 2), mixed.slice(3), [mixed[0]], [mixed[0], event(7)]]) {
    const before = JSON.stringify(events);
    const expected = events.map((one) => ({ ...one, context: one.context ?? {} }));
    assert.deepEqual(restored(serialize(events, 0, 'compact')), expected);
    assert.equal(JSON.stringify(events), before, 'the events themselves stay whole');
  }
});

test('a member that one event lacks is not shared', () => {
  const { userId } = JSON.parse(serialize([event(1, { userId: 'u' }), event(2)], 0, 'compact'));
  assert.equal(userId, undefined);
});

test('for a foreign endpoint every event is whole, with ISO times', () => {
  const { batch, sentAt, context } = JSON.parse(
    serialize([event(1), event(2)], 1_800_000_000_100, 'segment'),
  );
  assert.equal(context, undefined);
  assert.equal(sentAt, '2027-01-15T08:00:00.100Z');
  assert.equal(batch[1].timestamp, '2027-01-15T08:00:00.002Z');
  assert.deepEqual(batch[0].context.page, page);
  assert.equal(batch[0].context.library.name, 'desirepath');
  assert.equal(batch[0].anonymousId, 'anon1234567890abcdefghij');
});
