// The real collector on free loopback ports, in a data directory of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Starts `desirepath serve` and waits for its ready line; `ready` is what that says, keys included. */
export async function startCollector(binary, journey) {
  const data = mkdtempSync(join(tmpdir(), 'desirepath-data-'));
  const words = ['serve', '--data', data, '--port', '0', '--ops-port', '0', '--journey', journey];
  const child = spawn(binary, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  let stopping = false;
  const ended = new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
  ended.then((how) => {
    if (!stopping) console.error(`the collector ended by itself (${how}): ${said}`);
  });
  const line = await Promise.race([
    new Promise((resolve) => createInterface(child.stdout).once('line', resolve)),
    ended.then((how) => Promise.reject(new Error(`serve ended (${how}): ${said}`))),
  ]);
  const ready = JSON.parse(line);
  return {
    ready,
    data,
    /** GET with the secret key. */
    async read(path) {
      const response = await fetch(ready.url + path, {
        headers: { authorization: `Bearer ${ready.secret_key}` },
      });
      return { status: response.status, body: await response.json() };
    },
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
