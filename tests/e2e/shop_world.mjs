// A collector, the shop in front of it and a browser, each of its own and gone afterwards.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { chromiumFlags } from './support/browser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const COLLECTOR = process.env.DESIREPATH_BIN ?? 'build/bin/desirepath';
const READY_MS = 20_000;

const start = (command, args) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const late = setTimeout(() => reject(new Error(`${command} ${args[0]}: no ready line`)), READY_MS);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ${args[0]} ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(late);
      resolve({ child, ready: JSON.parse(line) });
    });
  });

const stop = (child) =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else {
      child.once('exit', resolve);
      child.kill('SIGTERM');
    }
  });

// Waits until `look` returns something true, and returns it.
export const until = async (what, look, { deadline_ms = 15_000 } = {}) => {
  const end = Date.now() + deadline_ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) assert.fail(`never came: ${what}`);
    await pause(40);
  }
};

export const makeWorld = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'desirepath-shop-'));
  const collector = await start(COLLECTOR, [
    'serve',
    '--data',
    join(folder, 'data'),
    '--port',
    '0',
    '--ops-port',
    '0',
    '--journey',
    'web_demo/outfitters.journey.json',
  ]);
  const { url, write_key, secret_key } = collector.ready;
  const shop = await start(process.execPath, [
    'web_demo/server.mjs',
    '--collector',
    url,
    '--write-key',
    write_key,
  ]);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumFlags });

  const read = async (path) => {
    const response = await fetch(url + path, { headers: { Authorization: `Bearer ${secret_key}` } });
    assert.ok(response.ok || response.status === 404, `${path}: ${response.status}`);
    return response.ok ? response.json() : undefined;
  };

  return {
    collectorUrl: url,
    shopUrl: shop.ready.url,
    writeKey: write_key,
    secretKey: secret_key,
    read,
    // A visitor nobody has seen before; with `clock` time can be put forward. `errors` are the page's own, network failures left out.
    visitor: async ({ clock = true, ...options } = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
      const page = await context.newPage();
      if (clock) await page.clock.install();
      const errors = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text()))
          errors.push(message.text());
      });
      const ids = new Set();
      page.on('request', (request) => {
        const body = request.url().startsWith(`${url}/v1/batch`) ? request.postData() : null;
        for (const [, id] of body?.matchAll(/"anonymousId":"([^"]+)"/g) ?? []) ids.add(id);
      });
      return { context, page, errors, anonymousIds: ids };
    },
    close: async () => {
      await browser.close();
      await stop(shop.child);
      assert.equal(await stop(collector.child), 0, 'the collector drains and exits 0');
      await rm(folder, { recursive: true, force: true });
    },
  };
};
