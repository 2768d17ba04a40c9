// Every vector in workerd, the runtime of edge workers: all builds of the engine give the native engine's bytes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { missing as skip } from '../js/support/program.mjs';
import { bundled, vectorCases } from './support/vectors.mjs';

const root = resolve(import.meta.dirname, '../..');
const files = ['desirepath.wasm', 'desirepath.full.wasm', 'desirepath.fallback.js'];
const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ( name = "vectors", worker = .worker ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "vectors" ) ] );
const worker :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    ( name = "worker.js", esModule = embed "worker.js" ),
    ( name = "desirepath.fallback.js", esModule = embed "desirepath.fallback.js" ),
    ( name = "desirepath.wasm", wasm = embed "desirepath.wasm" ),
    ( name = "desirepath.full.wasm", wasm = embed "desirepath.full.wasm" ) ] );
`;

let folder;
let worker;
let url;
let cases;

before(async () => {
  if (skip) return;
  cases = vectorCases();
  folder = mkdtempSync(join(tmpdir(), 'desirepath-workerd-'));
  for (const file of files) copyFileSync(join(root, 'sdk/js/dist', file), join(folder, file));
  writeFileSync(
    join(folder, 'worker.js'),
    await bundled(
      'vector_worker.mjs',
      files.map((file) => `./${file}`),
    ),
  );
  writeFileSync(join(folder, 'config.capnp'), config);
  worker = spawn(
    join(root, 'node_modules/.bin/workerd'),
    ['serve', '--control-fd=3', join(folder, 'config.capnp')],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  worker.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const line = await Promise.race([
    new Promise((resolve) => createInterface(worker.stdio[3]).once('line', resolve)),
    new Promise((_, reject) => worker.once('exit', () => reject(new Error(`workerd ended: ${said}`)))),
  ]);
  url = `http://127.0.0.1:${JSON.parse(line).port}`;
});
after(async () => {
  if (worker && worker.exitCode === null) {
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill();
    await ended;
  }
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function printed(build, one) {
  const response = await fetch(`${url}/${build}`, { method: 'POST', body: JSON.stringify(one) });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

for (const build of ['full', 'core', 'js']) {
  test(`vectors, ${build}`, { skip }, async () => {
    let same = 0;
    for (const one of cases) {
      const output = await printed(build, one);
      if (build === 'core' && output === -2) continue;
      assert.equal(output, one.expected, one.name);
      same++;
    }
    assert.ok(same > 0);
  });
}
