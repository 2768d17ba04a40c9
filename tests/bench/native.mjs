// Runs a bench that is a program of its own, at the size of its defaults or, with `--full`, at the budgets' size.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export function runBench(program, fullSize) {
  const size = process.argv.includes('--full') ? fullSize : [];
  const run = spawnSync(`${root}build/bin/${program}`, size, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = run.status ?? 1;
}
