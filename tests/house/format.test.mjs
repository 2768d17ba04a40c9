// FORMAT.md names every section of a program, every family of state records and every feature.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const engine = (name) => readFileSync(new URL(`../../sdk/engine/${name}`, import.meta.url), 'utf8');
const format = engine('FORMAT.md');

// The names in an enum's braces, comments and values aside.
function enumerated(source, name) {
  const body = new RegExp(`enum class ${name}[^{]*\\{([^}]*)\\}`).exec(source)[1];
  return body
    .replace(/\/\/.*$/gm, '')
    .split(',')
    .map((entry) => entry.split('=')[0].trim())
    .filter((entry) => entry && entry !== 'count_');
}

// First cells of the table that begins after a heading.
function listed(heading) {
  const section = format.split(`### ${heading}\n`)[1].split('\n#')[0];
  return [...section.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
}

test('sections', () => {
  assert.deepEqual(listed('Sections'), enumerated(engine('program_format.hpp'), 'Section'));
});

test('families of state records', () => {
  assert.deepEqual(listed('Records'), enumerated(engine('state.hpp'), 'Family'));
});

test('features', () => {
  const features = [
    ...engine('features.hpp').matchAll(/constexpr std::uint32_t kFeature(\w+) = 1u << (\d+)/g),
  ];
  const expected = features.map(([, name, bit]) => `${bit} ${name.toLowerCase()}`);
  const bits = [
    ...format
      .split('### Features\n')[1]
      .split('\n#')[0]
      .matchAll(/^\| (\d+) \| `(\w+)`/gm),
  ];
  assert.deepEqual(
    bits.map(([, bit, name]) => `${bit} ${name}`),
    expected,
  );
});
