// The arrows of the house point down only, and each outside library has its room.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(cpp|hpp)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const includesOf = (file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^#include ([<"])([^>"]+)[>"]/gm)].map(
    (match) => match[2],
  );

// Files of `folder` whose includes match `pattern`.
const offenders = (folder, pattern) =>
  sources(folder).filter((file) => includesOf(file).some((include) => pattern.test(include)));

test('the engine includes itself and the freestanding parts of the standard library', () => {
  const allowed =
    /^(sdk\/engine\/|(algorithm|cstddef|cstdint|cstring|iterator|limits|new|span|string_view|utility|vector)$)/;
  for (const file of sources('sdk/engine')) {
    for (const include of includesOf(file)) assert.match(include, allowed, `${file} includes ${include}`);
  }
});

test('only headers for native hosts use the heap in the engine', () => {
  const heap = offenders('sdk/engine', /^vector$/);
  assert.deepEqual(heap.sort(), ['sdk/engine/engine_host.hpp', 'sdk/engine/value_writer.hpp']);
});

test('arrows point down', () => {
  assert.deepEqual(offenders('sdk/engine', /^(sdk\/(compiler|wasm|js)|collector)\//), []);
  assert.deepEqual(offenders('sdk/wasm', /^(sdk\/(compiler|js)|collector)\//), []);
  assert.deepEqual(offenders('sdk/compiler', /^(sdk\/(wasm|js)|collector)\//), []);
  assert.deepEqual(offenders('collector', /^sdk\/(wasm|js)\//), []);
});

// As an event travels, and each room knows only those before it.
const rooms =
  'store journal identity ingest profile rejected fold reading receipt export ops console http import cli'.split(
    ' ',
  );

test("the collector's rooms include only what lies below them", () => {
  const known = readdirSync(join(root, 'collector'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  assert.deepEqual(known.map(({ name }) => name).sort(), [...rooms].sort());
  for (const [level, room] of rooms.entries()) {
    const above = rooms.slice(level + 1).join('|');
    assert.deepEqual(
      offenders(`collector/${room}`, new RegExp(`^collector/(${above || 'none'})/`)),
      [],
      room,
    );
  }
});

test('each library stays in its rooms', () => {
  const roomsOf = (pattern) =>
    [...new Set(offenders('collector', pattern).map((file) => file.split('/')[1]))].sort();
  for (const room of roomsOf(/^sqlite3\.h$/)) assert.ok(['store'].includes(room), room);
  for (const room of roomsOf(/^httplib\.h$/)) assert.ok(['http', 'import'].includes(room), room);
  assert.deepEqual(offenders('sdk/engine', /json/), []);
});

test('the reference engine shares nothing with what it judges', () => {
  assert.deepEqual(offenders('tests/reference', /^(sdk|collector)\//), []);
});
