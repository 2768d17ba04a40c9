// What to ask of every operation of collector/openapi.yaml, so that it gives each status it documents.
export const journey = {
  schema: 'desirepath/journey/1',
  journey: 'shop',
  version: 1,
  identifiers: { email: { trait: 'email' } },
  behaviors: { viewed: { event: 'Product Viewed' }, ordered: { event: 'Order Completed' } },
  scores: {
    loyalty: { half_life: '60d', add: [{ event: 'Order Completed', points: 50 }], tiers: { silver: 40 } },
  },
  audiences: { keen: { 'behaviors.viewed': { $gte: 1 } } },
  stages: [
    { id: 'look', owner: 'product', intent: 'choose', enter: { event: 'Product Viewed' } },
    { id: 'own', owner: 'loyalty', intent: 'use', enter: { event: 'Order Completed' } },
  ].map((stage) => ({
    ...stage,
    kpis: [{ id: `${stage.id}_kpi`, formula: 'conversion(look, own, 14d)', target: 0.1 }],
  })),
  channels: { email: { cap: { times: 2, per: '7d' } } },
  asks: { email: { trait: 'email', cap: { times: 2, per: '30d' } } },
  destinations: { esp: { type: 'webhook', url: 'https://esp.example/hook' } },
  triggers: [
    {
      id: 'mail',
      event: 'Cart Updated',
      purpose: 'cart_reminder',
      promise: 'free_shipping',
      do: [{ channel: 'email', destination: 'esp', content: { template: 'cart' } }],
      outcome: { behavior: 'ordered', within: '3d' },
    },
    {
      id: 'banner',
      event: 'page',
      when: { 'behaviors.viewed': { $gte: 1 } },
      do: [{ channel: 'web', slot: 'hero', content: { headline: 'Your cart' } }],
      outcome: { behavior: 'ordered', within: '3d' },
    },
  ],
};

export const annsEvents = [
  {
    type: 'identify',
    traits: { email: 'ann@example.com', plan: 'gold' },
    context: { consent: { categoryPreferences: { marketing: true } } },
  },
  { type: 'identify', traits: { plan: 'silver' }, anonymousId: 'phone' },
  { type: 'track', event: 'Product Viewed', properties: { category: 'shoes' } },
  { type: 'track', event: 'Cart Updated' },
  { type: 'page', name: 'Home', context: { page: { url: 'https://shop.example/', title: 'Home' } } },
  { type: 'track', event: 'Order Completed', properties: { revenue: 50 } },
  { type: 'track' },
].map((event, i) => ({
  userId: 'ann',
  anonymousId: 'laptop',
  messageId: `ann-${i}`,
  timestamp: Date.now() - 60_000 + i * 1000,
  ...event,
}));

const event = { event: 'Walked', userId: 'walker', groupId: 'walkers', previousId: 'runner' };
export const one = { body: { batch: [{ ...event, type: 'track' }] } };
const huge = { batch: [{ ...event, type: 'track', properties: { long: 'x'.repeat(600_000) } }] };
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64');

const suppressed = {
  good: [{ path: { identifier: 'email:nobody@example.com' } }],
  other: { 400: { path: { identifier: 'nobody' } } },
};
const ann = { path: { identifier: 'userId:ann' } };
const ofProfile = {
  good: [ann],
  other: { 400: { path: { identifier: 'ann' } }, 404: { path: { identifier: 'userId:nobody' } } },
};
const ofEvents = {
  good: [{ body: event }],
  other: { 400: { body: [] }, 413: { body: huge } },
  full: '/journal/',
};
const named = {
  good: [{ body: { ids: [1] } }],
  other: { 400: { body: {} }, 413: { body: { ids: [], long: huge } } },
  full: '/audit',
};

/**
 * Of each operation: requests that succeed, those that bring about another status, the file without which it answers
 * 503, and the request that answers 504 where profiles cannot be written.
 */
export const walks = {
  'POST /v1/batch': {
    ...ofEvents,
    good: [{ body: { batch: [{ ...event, type: 'track' }, { type: 'track' }] } }],
  },
  'POST /v1/b': {
    ...ofEvents,
    good: [{ body: { batch: [] } }, { body: { batch: [] }, query: { import: '1' } }],
    faulty: one,
  },
  'POST /v1/{type}': ofEvents,
  'POST /api/s/{type}': ofEvents,
  'POST /api/s/s2s/{type}': ofEvents,
  'GET /v1/projects/{key}/settings': {
    good: [{ path: { key: '$key' } }],
    other: { 404: { route: '/v1/projects/x' } },
  },
  'GET /sourceConfig': { good: [{ query: { writeKey: '$key' } }] },
  'GET /sourceConfig/': { good: [{ query: { writeKey: '$key' } }] },
  'POST /v1/receipts': {
    ...ofEvents,
    good: [
      { body: { outcome: 'delivered', decisionId: 'ann-3~mail~email', userId: 'ann' } },
      { body: { receipts: [{ outcome: 'sent' }] } },
    ],
  },
  'GET /v1/rejected': { good: [{}, { query: { all: '1', limit: '1' } }] },
  'POST /v1/rejected/replay': { ...named, behind: { body: { ids: [1] } } },
  'POST /v1/rejected/discard': named,
  'GET /v1/pixel.gif': {
    good: [{ query: { data: base64(event) } }],
    other: { 400: { query: { data: '%' } } },
    full: '/journal/',
  },
  'POST /v1/sync': {
    ...ofEvents,
    good: [{ body: { batch: [] } }, { body: { token: '$token' } }, { body: { token: 'no.token.atall' } }],
    other: { ...ofEvents.other, 404: { body: { token: '$token', journey: 'none' } } },
    full: '/journal/',
    faulty: one,
  },
  'POST /v1/decide': {
    good: [
      { body: { userId: 'ann', slots: ['hero'], channels: ['email'] } },
      { body: { userId: 'ann', channels: ['email'], event: { event: 'Cart Updated' } } },
      { body: { identifier: 'email:nobody@example.com', slots: ['hero'] } },
    ],
    other: { 400: { body: { userId: 'ann', slot: 'hero' } } },
  },
  'GET /v1/profiles': {
    good: [{}, { query: { where: '{"traits.plan":"silver"}' } }],
    other: { 400: { query: { where: '{' } } },
  },
  'GET /v1/audiences/{id}/preview': {
    good: [{ path: { id: 'keen' } }],
    other: { 404: { path: { id: 'none' } } },
  },
  'POST /v1/audiences/preview': {
    good: [{ body: { where: { stage: 'own', 'traits.plan': 'gold' } } }],
    other: { 400: { body: {} } },
  },
  'GET /v1/profiles/{identifier}': {
    ...ofProfile,
    good: [ann, { ...ann, query: { as_of: String(Date.now()) } }],
  },
  'DELETE /v1/profiles/{identifier}': {
    good: [{ path: { identifier: 'userId:gone' } }],
    other: { 400: { path: { identifier: 'gone' } }, 404: { route: '/v1/profiles/userId:gone/events' } },
    full: '/audit',
  },
  'GET /v1/profiles/{identifier}/events': ofProfile,
  'GET /v1/profiles/{identifier}/decisions': ofProfile,
  'GET /v1/profiles/{identifier}/history': ofProfile,
  'GET /v1/profiles/{identifier}/explain': ofProfile,
  'GET /v1/profiles/{identifier}/consent': ofProfile,
  'GET /v1/profiles/{identifier}/ledger': ofProfile,
  'GET /v1/suppressions': { good: [{}, { query: { limit: '1' } }] },
  'POST /v1/suppressions': {
    good: [
      { body: { identifier: 'email:nobody@example.com', channel: 'sms', reason: 'bounced' } },
      { body: { suppressions: [{ identifier: 'userId:no-mail' }] } },
    ],
    other: { 400: { body: { identifier: 'nobody' } } },
    full: '/audit',
  },
  'GET /v1/suppressions/{identifier}': suppressed,
  'DELETE /v1/suppressions/{identifier}': { ...suppressed, full: '/audit' },
  'GET /v1/outbox': { good: [{}] },
  'GET /v1/export/{subject}': {
    good: [{}, { query: { format: 'csv' } }, { query: { after: 'x0' } }],
    other: { 404: { path: { subject: 'people' } } },
    full: '/audit',
  },
  'GET /v1/audit': { good: [{}] },
  'GET /v1/stream': { good: [{}] },
  'GET /v1/journeys/{name}/program': {
    good: [{ path: { name: 'shop' } }, { path: { name: 'default' } }],
    other: {
      304: { path: { name: 'shop' }, headers: { 'if-none-match': '*' } },
      404: { path: { name: 'none' } },
    },
  },
  'GET /v1/programs/{hash}': {
    good: [{ path: { hash: '$program' } }],
    other: {
      304: { path: { hash: '$program' }, headers: { 'if-none-match': '*' } },
      404: { path: { hash: '0' } },
    },
  },
  'GET /sdk/{file}': {
    good: [{ path: { file: 'desirepath.iife.js' } }],
    other: {
      304: { path: { file: 'desirepath.iife.js' }, headers: { 'if-none-match': '$etag' } },
      404: { path: { file: 'none' } },
    },
  },
  'GET /': { good: [{}], other: { 304: { headers: { 'if-none-match': '$etag' } } } },
  'GET /console/{file}': {
    good: [{ path: { file: 'main.js' } }],
    other: {
      304: { path: { file: 'main.js' }, headers: { 'if-none-match': '$etag' } },
      404: { path: { file: 'none' } },
    },
  },
  'GET /health': { good: [{}], full: '' },
  'GET /ready': { good: [{}] },
  'GET /metrics': { good: [{}] },
};
