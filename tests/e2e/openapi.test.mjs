// collector/openapi.yaml and the running server say the same: every path and method with every kind of key, every
// documented status brought about, every answer held against its schema; and back, every route is documented.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from '../faults/collector.mjs';
import { FaultyDisk } from '../faults/faulty_disk.mjs';
import { until } from '../faults/until.mjs';
import { binary, missing as skip } from '../js/support/program.mjs';
import { description, mistakes, operations } from './support/api_description.mjs';
import { annsEvents, journey, one, walks } from './support/api_walks.mjs';

const kinds = ['write', 'secret', 'admin', 'viewer'];
const enospc = 28;
const source = (path) => readFileSync(new URL(`../../collector/${path}`, import.meta.url), 'utf8');

function token(key) {
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ sub: 'ann', exp: Math.floor(Date.now() / 1000) + 600 })}`;
  return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`;
}

// What no walk brings about: a server answers 503 for the moment in which it stops; a discard waits as a replay does, ten
// seconds.
const unreached = new Set(['GET /ready 503', 'POST /v1/rejected/discard 504']);

/** A served directory, and `ask(operation, request, { key, how })`: how a key is shown. */
class Walked {
  constructor(collector, names) {
    this.ready = collector.ready;
    this.names = names;
  }

  #filled(value, key) {
    if (typeof value === 'string') {
      return value === '$key' ? key : (this.names[value] ?? value);
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, this.#filled(of, key)]));
  }

  async ask(operation, request, { key = '', how = 'bearer' } = {}) {
    const { route, path = {}, query = {}, headers = {}, body } = this.#filled(request, key);
    const place = (route ?? operation.path).replace(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent(path[name]),
    );
    const url = new URL(place, operation.isOps ? this.ready.ops_url : this.ready.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (key !== '' && !operation.isOpen && query.writeKey === undefined) {
      if (how === 'bearer') headers.authorization = `Bearer ${key}`;
      if (how === 'basic') headers.authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
      if (how === 'query') url.searchParams.set('k', key);
    }
    const sent = how === 'body' ? { ...body, writeKey: key } : body;
    const stop = new AbortController();
    const response = await fetch(url, {
      method: operation.method,
      headers,
      body: sent === undefined ? undefined : JSON.stringify(sent),
      signal: stop.signal,
    });
    const type = (response.headers.get('content-type') ?? '').split(';')[0];
    if (type === 'text/event-stream') {
      stop.abort();
      return { status: response.status, headers: response.headers, type, text: '' };
    }
    return { status: response.status, headers: response.headers, type, text: await response.text() };
  }
}

/** The operation's good requests with each value that a parameter of its path may have. */
function goodRequests(operation, walk) {
  return operation.parameters
    .filter((parameter) => parameter.in === 'path' && parameter.schema.enum)
    .reduce(
      (requests, { name, schema }) =>
        requests.flatMap((request) =>
          schema.enum.map((value) => ({ ...request, path: { ...request.path, [name]: value } })),
        ),
      walk.good,
    );
}

async function start(t, options = [], environment = undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'desirepath-openapi-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'shop.journey.json');
  writeFileSync(file, JSON.stringify(journey));
  const words = ['--journey', file, ...options];
  const data = environment?.data ?? join(folder, 'data');
  const collector = environment
    ? await environment.serve(t, { options: words })
    : await serve(t, data, words);
  const made = (kind) => {
    const ran = spawnSync(binary, ['keys', 'create', '--data', data, '--kind', kind], { encoding: 'utf8' });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout.trim();
  };
  const { ready } = collector;
  const keys = {
    write: ready.write_key,
    secret: ready.secret_key,
    admin: ready.admin_key,
    viewer: made('viewer'),
  };
  const identity = made('identity');
  const get = (path) => fetch(ready.url + path, { headers: { authorization: `Bearer ${keys.secret}` } });
  // A key made by another process counts from the next second on.
  await until('the viewer key counts', async () => {
    const answer = await fetch(`${ready.url}/v1/profiles`, {
      headers: { authorization: `Bearer ${keys.viewer}` },
    });
    return answer.status !== 401;
  });
  const sent = await fetch(`${ready.url}/v1/batch?k=${keys.secret}`, {
    method: 'POST',
    body: JSON.stringify({ batch: annsEvents }),
  });
  const { cursor } = await sent.json();
  if (cursor) await get(`/v1/profiles/userId:ann?after=${cursor}&wait=10000`);
  const names = {
    $token: token(identity),
    $program: (await fetch(`${ready.url}/v1/journeys/shop/program`)).headers.get('etag').slice(1, -1),
    $etag: undefined,
  };
  return { keys, walked: new Walked(collector, names), data };
}

/** Keeps what was answered: which statuses each operation gave, and what was wrong with answers. */
class Notes {
  seen = new Set();
  wrong = [];
  take(operation, answer) {
    this.seen.add(`${operation.name} ${answer.status}`);
    for (const mistake of mistakes(operation, answer)) this.wrong.push(`${operation.name}: ${mistake}`);
    if (answer.type !== 'application/json' || answer.status < 400) return answer;
    const { code } = JSON.parse(answer.text).error;
    const statuses = description.components.schemas.Error.properties.error.properties.code['x-statuses'];
    if (!statuses[code]?.includes(answer.status))
      this.wrong.push(`${operation.name}: ${code} with ${answer.status}`);
    return answer;
  }
}

const notes = new Notes();
const all = operations();

function assertNone(wrong) {
  assert.deepEqual([...new Set(wrong)], []);
}

test('every operation is walked, and one path has one name', () => {
  assert.deepEqual(all.map(({ name }) => name).sort(), Object.keys(walks).sort());
  const shapes = Object.keys(description.paths).map((path) => path.replace(/\{\w+\}/g, '{}'));
  assert.equal(new Set(shapes).size, shapes.length);
});

test('codes and parameters are those of the sources', () => {
  const words = (file, name) => {
    const list = new RegExp(`enum class ${name}[^{]*\\{([^}]*)\\}`).exec(source(file))[1];
    return list
      .replace(/\/\/.*/g, '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  };
  const { Error: error, IngestAnswer: ingest } = description.components.schemas;
  const { code } = error.properties.error.properties;
  assert.deepEqual(code.enum, words('error.hpp', 'ErrorCode'));
  assert.deepEqual(Object.keys(code['x-statuses']), code.enum);
  assert.deepEqual(
    ingest.properties.rejected.items.properties.code.enum,
    words('ingest/reject_code.hpp', 'RejectCode'),
  );
  const room = new URL('../../collector/http/', import.meta.url);
  const read = readdirSync(room)
    .filter((file) => file.endsWith('.cpp'))
    .flatMap((file) => [
      ...source(`http/${file}`).matchAll(
        /query_(?:value|number|time)\((?:request(?:\.query)?|query),\s*"(\w+)"/g,
      ),
    ])
    .map((match) => match[1]);
  const documented = all
    .flatMap(({ parameters }) => parameters)
    .filter((parameter) => parameter.in === 'query');
  const names = new Set([
    ...documented.map(({ name }) => name),
    description.components.securitySchemes.query.name,
  ]);
  assert.deepEqual([...names].sort(), [...new Set(read)].sort());
});

test('each operation with each kind of key, shown in each way', { skip }, async (t) => {
  const { keys, walked } = await start(t, ['--rate-limit-address', '0', '--rate-limit-key', '0']);
  const wrong = [];
  for (const operation of all) {
    const walk = walks[operation.name];
    const requests = goodRequests(operation, walk);
    for (const kind of operation.keys ? kinds : ['write']) {
      for (const request of operation.keys === undefined || operation.keys.includes(kind)
        ? requests
        : [requests[0]]) {
        const answer = notes.take(operation, await walked.ask(operation, request, { key: keys[kind] }));
        const expected = !operation.keys || operation.keys.includes(kind) ? 200 : 403;
        if (answer.status !== expected)
          wrong.push(`${operation.name} with ${kind}: ${answer.status} ${answer.text}`);
      }
    }
    if (!operation.keys) continue;
    const key = keys[operation.keys[0]];
    const ways = [
      'basic',
      'query',
      ...(operation.keys.includes('write') && requests[0].body ? ['body'] : []),
    ];
    for (const how of operation.isOpen ? [] : ways) {
      const answer = notes.take(operation, await walked.ask(operation, requests[0], { key, how }));
      if (answer.status !== 200)
        wrong.push(`${operation.name}, key by ${how}: ${answer.status} ${answer.text}`);
    }
    for (const unknown of operation.isOpen ? ['dpw_unknown'] : ['', 'dpw_unknown']) {
      const answer = notes.take(operation, await walked.ask(operation, requests[0], { key: unknown }));
      if (answer.status !== 401)
        wrong.push(`${operation.name} with '${unknown}': ${answer.status} ${answer.text}`);
    }
  }
  const metrics = await (await fetch(`${walked.ready.ops_url}/metrics`)).text();
  const counted = [...metrics.matchAll(/^desirepath_http_request_seconds_count\{route="([^"]+)"\} (\d+)/gm)];
  const undocumented = counted.filter(([, route, count]) => (count === '0') !== (route === 'other'));
  assertNone(wrong);
  assertNone(undocumented.map(([, route]) => `${route} is no path of the description`));
});

test('each parameter and method out of its range', { skip }, async (t) => {
  const { keys, walked } = await start(t, ['--rate-limit-address', '0']);
  const wrong = [];
  for (const operation of all) {
    const walk = walks[operation.name];
    const key = keys[operation.keys?.[0]] ?? '';
    const good = goodRequests(operation, walk)[0];
    for (const [status, other] of Object.entries(walk.other ?? {})) {
      const request = { ...good, ...other, path: { ...good.path, ...other.path } };
      const first = await walked.ask(operation, { ...request, headers: undefined }, { key });
      walked.names.$etag = first.headers.get('etag');
      const answer = notes.take(operation, await walked.ask(operation, request, { key }));
      if (answer.status !== Number(status))
        wrong.push(`${operation.name}: ${answer.status} for ${status} ${answer.text}`);
    }
    for (const { name, schema } of operation.parameters.filter((parameter) => parameter.in === 'query')) {
      if (schema.type !== 'integer' && !schema.enum && !schema.pattern && !schema.format) continue;
      // How long to wait is asked only where there is something to wait for.
      const request = {
        ...good,
        query: { ...good.query, ...(name === 'wait' && { after: '1' }), [name]: 'no such' },
      };
      const answer = notes.take(operation, await walked.ask(operation, request, { key }));
      const field = answer.status === 400 ? JSON.parse(answer.text).error.field : undefined;
      if (field !== name)
        wrong.push(`${operation.name} ?${name}=: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    for (const { name } of operation.parameters.filter(
      (parameter) => parameter.in === 'query' && parameter.required,
    )) {
      const answer = notes.take(operation, await walked.ask(operation, { ...good, query: {} }, { key }));
      if (answer.status !== 400) wrong.push(`${operation.name} without ?${name}=: ${answer.status}`);
    }
    if (operation.parameters.some(({ name }) => name === 'after')) {
      const request = { ...good, query: { ...good.query, after: '999999999' } };
      const answer = notes.take(operation, await walked.ask(operation, request, { key }));
      if (answer.status !== 504)
        wrong.push(`${operation.name} ?after=: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    const put = await walked.ask({ ...operation, method: 'PUT' }, good, { key });
    const allowed = put.headers.get('allow')?.split(', ') ?? [];
    if (put.status !== 405) wrong.push(`PUT ${operation.path}: ${put.status}`);
    if (!operation.isOps && !allowed.includes(operation.method))
      wrong.push(`${operation.name}: Allow is ${allowed}`);
  }
  assertNone(wrong);
});

test('beyond its rate a key gets 429, and 503 or 504 tell what cannot be kept or is not folded', {
  skip,
}, async (t) => {
  const slow = await start(t, ['--rate-limit-key', '1']);
  const wrong = [];
  for (const operation of all.filter(({ keys }) => keys)) {
    const key = slow.keys[operation.keys[0]];
    const request = goodRequests(operation, walks[operation.name])[0];
    let answer;
    for (let i = 0; i < 10 && answer?.status !== 429; ++i) {
      answer = notes.take(operation, await slow.walked.ask(operation, request, { key }));
    }
    if (answer.status !== 429) wrong.push(`${operation.name} has no rate: ${answer.status} ${answer.text}`);
  }
  const disk = await FaultyDisk.make(t, 'openapi');
  const full = await start(t, [], disk);
  const ask = async (operation, request, status) => {
    const answer = await full.walked.ask(operation, request, { key: full.keys[operation.keys?.[0]] ?? '' });
    notes.take(operation, answer);
    if (answer.status !== status)
      wrong.push(`${operation.name}: ${answer.status} for ${status} ${answer.text}`);
  };
  for (const operation of all) {
    const { full: file, faulty } = walks[operation.name];
    if (file === undefined) continue;
    disk.fail(enospc, 'write', file === '' ? '/' : file);
    await ask(operation, faulty ?? goodRequests(operation, walks[operation.name])[0], 503);
    disk.heal();
  }
  disk.fail(enospc, 'write', '/profiles.db');
  const batch = all.find(({ name }) => name === 'POST /v1/batch');
  await until('the journal takes what the fold cannot write', async () => {
    return (await full.walked.ask(batch, one, { key: full.keys.secret })).status === 200;
  });
  await Promise.all(
    all
      .filter(({ name }) => walks[name].behind)
      .map((operation) => ask(operation, walks[operation.name].behind, 504)),
  );
  disk.heal();
  assertNone(wrong);
});

test('each answer was as documented, and each documented status was given', { skip }, () => {
  assertNone(notes.wrong);
  const documented = all.flatMap(({ name, responses }) =>
    Object.keys(responses).map((status) => `${name} ${status}`),
  );
  assertNone(documented.filter((status) => !notes.seen.has(status) && !unreached.has(status)));
});
