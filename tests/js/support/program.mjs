// A program of the real compiler, for tests that need one. `missing` says why there is none.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
export const binary = process.env.DESIREPATH_BIN ?? join(root, 'build/bin/desirepath');
export const missing = existsSync(binary) ? false : `${binary} is missing: it compiles the journey`;

/** The bytes of a journey file's program; `options` as `desirepath compile` takes them. */
export function compiled(journey, ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'desirepath-program-'));
  try {
    const path = join(folder, 'journey.dpj');
    execFileSync(binary, ['compile', journey, ...options, '-o', path], { stdio: 'pipe' });
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The program of a journey with these definitions. */
export function compiledOf(definitions, ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'desirepath-journey-'));
  const journey = join(folder, 'journey.json');
  writeFileSync(
    journey,
    JSON.stringify({ schema: 'desirepath/journey/1', journey: 'test', version: 1, ...definitions }),
  );
  try {
    return compiled(journey, ...options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
