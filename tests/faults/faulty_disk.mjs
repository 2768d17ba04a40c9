// The collector on a disk and a clock that fail on demand (faulty_disk.c).
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from './collector.mjs';

const controlBytes = 256;
function compile(folder) {
  const output = join(folder, 'faulty_disk.so');
  const source = fileURLToPath(new URL('faulty_disk.c', import.meta.url));
  const made = spawnSync(
    process.env.CC ?? 'cc',
    ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', output, source, '-ldl', '-lpthread'],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`faulty_disk.c: ${made.stderr ?? made.error}`);
  return output;
}

/** A folder with room for a data directory, the log of its changes, and what makes its disk fail. */
export class FaultyDisk {
  static async make(t, name) {
    const disk = new FaultyDisk();
    disk.folder = await mkdtemp(join(tmpdir(), `desirepath-${name}-`));
    t.after(() => rm(disk.folder, { recursive: true, force: true }));
    disk.data = join(disk.folder, 'data');
    disk.log = join(disk.folder, 'changes.log');
    disk.control = openSync(join(disk.folder, 'control'), 'w+');
    t.after(() => closeSync(disk.control));
    disk.library = compile(disk.folder);
    disk.rule = '0 any -';
    disk.offsetMs = 0;
    disk.#write();
    return disk;
  }

  /** From now on `operation` (write, sync, open or any) fails with `errno` on files whose path has `part` in it. */
  fail(errno, operation, part) {
    this.rule = `${errno} ${operation} ${part}`;
    this.#write();
  }

  heal() {
    this.rule = '0 any -';
    this.#write();
  }

  /** Puts the wall clock off. */
  setClock(offsetMs) {
    this.offsetMs = offsetMs;
    this.#write();
  }

  /** `desirepath serve` on this disk; with `logged` every change is written down for power_cut.mjs. */
  serve(t, { data = this.data, logged = false, options = [] } = {}) {
    const environment = {
      LD_PRELOAD: this.library,
      FAULTY_ROOT: data,
      FAULTY_CONTROL: join(this.folder, 'control'),
      ...(logged && { FAULTY_LOG: this.log }),
    };
    return serve(t, data, options, environment);
  }

  #write() {
    const text = `${this.rule}\n${this.offsetMs}\n`;
    writeSync(this.control, text.padEnd(controlBytes, '\0'), 0);
  }
}
