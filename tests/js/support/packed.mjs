// The package as a registry would hand it out: packed by npm, unpacked where an installer puts it. No network.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const source = resolve(import.meta.dirname, '../../../sdk/js');

/** A folder with `node_modules/desirepath` and nothing else. */
export function packedProject() {
  const folder = mkdtempSync(join(tmpdir(), 'desirepath-packed-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  execFileSync('npm', ['pack', '--offline', '--pack-destination', folder], { cwd: source, stdio: 'pipe' });
  const [archive] = readdirSync(folder);
  execFileSync('tar', ['xzf', archive], { cwd: folder });
  mkdirSync(join(folder, 'node_modules'));
  renameSync(join(folder, 'package'), join(folder, 'node_modules/desirepath'));
  rmSync(join(folder, archive));
  return folder;
}
