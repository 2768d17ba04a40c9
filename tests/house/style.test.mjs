// Formatting, lint and types, as `scripts/format` leaves them.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';

const cwd = new URL('../../', import.meta.url).pathname;
const passes = (command, ...words) => {
  const run = spawnSync(command, words, { cwd, encoding: 'utf8' });
  assert.equal(run.status, 0, `${run.stdout}${run.stderr}`.slice(0, 4000));
};

test('C++ is formatted', () => {
  const files = execFileSync('git', ['ls-files', '*.cpp', '*.hpp'], { cwd, encoding: 'utf8' })
    .trim()
    .split('\n');
  passes('clang-format', '--dry-run', '--Werror', ...files);
});

test('TypeScript and JavaScript are formatted and lint-clean', () => {
  passes('node_modules/.bin/biome', 'check', '--error-on-warnings');
});

test('TypeScript types hold', () => {
  passes('node_modules/.bin/tsc', '--noEmit', '-p', 'sdk/js');
});

test('shell scripts parse', () => {
  for (const script of execFileSync('git', ['ls-files', 'scripts', '.ci'], { cwd, encoding: 'utf8' })
    .trim()
    .split('\n')) {
    passes('bash', '-n', script);
  }
});
