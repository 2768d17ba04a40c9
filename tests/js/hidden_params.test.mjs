import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const { hiddenParams } = await source('core/hidden_params');

const shown = (url, more = []) => {
  const event = { context: { page: { url } } };
  hiddenParams(more)(event);
  return event.context.page.url;
};

test('what lets somebody in or says who somebody is leaves an address, and nothing else does', () => {
  for (const [url, expected] of [
    ['https://shop.test/a?token=1', 'https://shop.test/a'],
    ['https://shop.test/a?token=1&b=2', 'https://shop.test/a?b=2'],
    ['https://shop.test/a?b=2&token=1', 'https://shop.test/a?b=2'],
    ['https://shop.test/a?b=2&token=1&c=3#top', 'https://shop.test/a?b=2&c=3#top'],
    ['https://shop.test/a?token=1&email=x#top', 'https://shop.test/a#top'],
    ['https://shop.test/a#access_token=1&state=2', 'https://shop.test/a#state=2'],
    ['https://shop.test/a#id_token=1', 'https://shop.test/a'],
    ['?password=1&q=shoes', '?q=shoes'],
    ['/a?next=/b?secret=1', '/a?next=/b'],
    ['/a?user[email]=x&user%5Bphone%5D=2&Api-Key=3&TOKEN2=4&b=5', '/a?b=5'],
    ['/a?X-Amz-Signature=1&sessionId=2&jwt=3&oobCode=4&pwd=5&auth=6', '/a'],
    ['/a?keyword=shoes&code=MAY&monkeys=1&emails=2&utm_source=mail', undefined],
    ['/a?token', undefined],
    ['/a?&&b=1', undefined],
    ['/token=1', undefined],
  ]) {
    assert.equal(shown(url), expected ?? url);
  }
});

test("the site's own names are hidden besides, whatever characters they have", () => {
  assert.equal(shown('/a?code=1&b=2', ['code']), '/a?b=2');
  assert.equal(shown('/a?a.b=1&axb=2', ['a.b']), '/a?axb=2');
  assert.equal(shown('/a?token=1', ['code']), '/a');
});

test('in the page, the referrer, and the addresses among the properties; what the caller gave stays whole', () => {
  const properties = { href: '/a?token=1', search: '?email=x', text: '?token=1', n: 1 };
  const page = { url: '/?key=1', referrer: 'https://x.test/?pwd=1', title: 'T' };
  const event = { properties, context: { page, other: 1 } };
  hiddenParams([])(event);
  assert.deepEqual(event, {
    properties: { href: '/a', search: '', text: '?token=1', n: 1 },
    context: { page: { url: '/', referrer: 'https://x.test/', title: 'T' }, other: 1 },
  });
  assert.equal(properties.href, '/a?token=1');
  assert.equal(page.url, '/?key=1');
});

test('an address of a megabyte takes no more than its length', () => {
  for (const url of ['?'.repeat(1 << 20), `?${'key'.repeat(1 << 19)}`, `?${'a=b&'.repeat(1 << 18)}key=1`]) {
    assert.ok(shown(url).length <= url.length);
  }
});

test('an event without addresses stays as it is', () => {
  const event = { type: 'track' };
  hiddenParams([])(event);
  assert.equal(JSON.stringify(event), '{"type":"track"}');
});
