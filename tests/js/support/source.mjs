// The package's own sources, bundled for Node once per test process: tests reach single parts by their file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const sources = resolve(import.meta.dirname, '../../../sdk/js/src');
const folder = mkdtempSync(join(tmpdir(), 'desirepath-js-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The module at sdk/js/src/<path>.ts. */
export async function source(path) {
  const outfile = join(folder, `${path.replaceAll('/', '-')}.mjs`);
  await esbuild.build({
    entryPoints: [join(sources, `${path}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  return import(pathToFileURL(outfile).href);
}
