// The real collector as a child process, for tests that stop it in all ways.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const binary =
  process.env.DESIREPATH_BIN ?? fileURLToPath(new URL('../../build/bin/desirepath', import.meta.url));

/**
 * Starts `desirepath serve` on free ports and resolves when it accepts connections. `environment` is added to
 * this process's. It does not outlive the test `t`.
 */
export async function serve(t, data, options = [], environment = {}) {
  const child = spawn(binary, ['serve', '--data', data, '--port', '0', '--ops-port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const exited = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const ready = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))));
    });
    child.on('error', reject);
    exited.then(([code]) => reject(new Error(`serve ended with ${code} before it was ready: ${errors}`)));
  });
  return {
    ready,
    pid: child.pid,
    errors: () => errors,
    /** Sends the signal to this process and resolves with [code, signal] when it has ended. */
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

/** Numbers in [0, 1) that a seed repeats. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
