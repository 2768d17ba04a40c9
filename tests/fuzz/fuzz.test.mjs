// A minute of fuzzing, the same minute each time: no bytes crash the engine, the compiler or what the collector reads from outside,
// break a bound, or write where nothing may be written. Longer: scripts/fuzz SECONDS.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const script = join(import.meta.dirname, '../../scripts/fuzz');
const subjects = [
  ...['program', 'state', 'event', 'takeover', 'journey', 'condition', 'pattern'],
  ...['http', 'ingest', 'receipt', 'pixel', 'plan', 'csv', 'token', 'where', 'config'],
];
const seconds = Math.ceil(60 / subjects.length);

const env = { ...process.env, DESIREPATH_SEED: '1' };
const { stdout, stderr } = spawnSync(script, [seconds, ...subjects], {
  encoding: 'utf8',
  maxBuffer: 1 << 26,
  env,
});
const reports = stdout.split(/^fuzz: /m).slice(1);

for (const subject of subjects) {
  test(`${seconds} s of ${subject}`, () => {
    const report = reports.find((text) => text.startsWith(`${subject} for `));
    assert.match(report ?? '', /\nDone \d+ runs in \d+ second/, `${report ?? stdout}\n${stderr}`);
  });
}
