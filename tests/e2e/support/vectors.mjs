// The vectors of tests/vectors as other hosts take them, with what the native engine prints.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { binary } from '../../js/support/program.mjs';

const folder = resolve(import.meta.dirname, '../../vectors');

/** Each `{ name, program, events, atOnce, expected }`; bytes are base64. */
export function vectorCases() {
  const work = mkdtempSync(join(tmpdir(), 'desirepath-vectors-'));
  const at = (name) => join(work, name);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => {
        const { journey, events, effects } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
        const header = { schema: 'desirepath/journey/1', journey: 'vector', version: 1 };
        const words = effects ? ['--effects', effects] : [];
        writeFileSync(at('journey.json'), JSON.stringify({ ...header, ...journey }));
        writeFileSync(at('events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
        execFileSync(binary, ['compile', at('journey.json'), '-o', at('program.dpj')], { stdio: 'pipe' });
        return {
          name,
          program: readFileSync(at('program.dpj'), 'base64'),
          events: readFileSync(at('events.jsonl'), 'base64'),
          atOnce: effects !== 'recorded',
          expected: execFileSync(binary, ['run', at('journey.json'), at('events.jsonl'), ...words], {
            encoding: 'utf8',
            stdio: 'pipe',
          }),
        };
      });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A module of support/ with all it imports, for a host that is not Node. */
export async function bundled(name, external = []) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(import.meta.dirname, name)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external,
  });
  return outputFiles[0].text;
}
