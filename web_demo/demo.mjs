#!/usr/bin/env node
// Runs the collector with the shop's journey, and the shop in front of it, until it is told to stop.
//
//   node web_demo/demo.mjs [--port 8080] [--shop-port 8090] [--data build/demo-data]
//
// Port 0 takes a free one. SIGINT and SIGTERM stop both; when one of them ends by itself, so does the other.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));

const fail = (text) => {
  process.stderr.write(`demo: ${text}\n`);
  process.exitCode = 1;
};

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      'shop-port': { type: 'string', default: '8090' },
      data: { type: 'string', default: 'build/demo-data' },
    },
  });
  return values;
};

const children = new Set();
let stopping = false;

const stop = () => {
  stopping = true;
  for (const child of children) child.kill('SIGTERM');
};

// Starts a program in a process group of its own, so that Ctrl-C reaches it through us alone. Resolves with its ready
// line, or with undefined when it ended first; it has then said why itself.
const start = (command, args) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('error', (error) => {
      children.delete(child);
      fail(`${command} does not start: ${error.message}; run scripts/build`);
      resolve(undefined);
      stop();
    });
    child.once('exit', (code) => {
      children.delete(child);
      if (!stopping) process.exitCode = code || 1;
      resolve(undefined);
      stop();
    });
  });

const run = async (options) => {
  const collector = await start('build/bin/desirepath', [
    'serve',
    '--data',
    options.data,
    '--port',
    options.port,
    '--ops-port',
    '0',
    '--journey',
    'web_demo/outfitters.journey.json',
  ]);
  if (!collector || stopping) return;
  const shop = await start(process.execPath, [
    'web_demo/server.mjs',
    '--collector',
    collector.url,
    '--write-key',
    collector.write_key,
    '--port',
    options['shop-port'],
  ]);
  if (!shop || stopping) return;
  const secret = collector.secret_key
    ? `${collector.secret_key}   (shown this once: the console asks for it)`
    : `as shown at the first start; for a new one: build/bin/desirepath keys create --data ${options.data} --kind secret`;
  process.stdout.write(
    `\n  shop        ${shop.url}\n  console     ${collector.url}/\n  secret key  ${secret}\n\n  Ctrl-C stops both. The data is in ${options.data}.\n\n`,
  );
};

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
try {
  await run(readOptions());
} catch (error) {
  fail(error.message);
  stop();
}
