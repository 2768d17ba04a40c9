// The shop's own server: what it serves, what it refuses.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('../../web_demo/server.mjs', import.meta.url));
const launch = (...args) => spawn(process.execPath, [server, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
const options = ['--collector', 'http://127.0.0.1:9/ignored?path', '--write-key', '</script>'];

let child;
let url;
before(async () => {
  child = launch(...options);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  url = new URL(JSON.parse(line).url);
});
after(async () => {
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

// The path as written: fetch would tidy it up.
const get = async (path, method = 'GET') => {
  const asked = request({ host: url.hostname, port: url.port, path, method }).end();
  const [answer] = await once(asked, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, type: answer.headers['content-type'], headers: answer.headers, text };
};

test('every link of every page leads somewhere', async () => {
  const seen = new Set(['/']);
  for (const path of seen) {
    const { status, text } = await get(path);
    assert.equal(status, 200, path);
    for (const [, found] of text.matchAll(/(?:href|src)="(\/[^"#]*)"/g)) seen.add(found);
  }
  assert.ok(seen.size > 40, `only ${seen.size} found`);
});

test('pages carry no inline script or style and a policy that forbids them', async () => {
  const { text, headers } = await get('/product/gale');
  assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  const policy = headers['content-security-policy'];
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval' http:\/\/127\.0\.0\.1:9;/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
});

test('the configuration names the collector by its origin and cannot end a script', async () => {
  const { text, type } = await get('/config.js');
  assert.match(type, /javascript/);
  assert.match(text, /"collector":"http:\/\/127\.0\.0\.1:9"/);
  assert.doesNotMatch(text, /</);
});

test('nothing outside its folders is served', async () => {
  for (const path of [
    '/../server.mjs',
    '/%2e%2e/server.mjs',
    '/desirepath/../../package.json',
    '/desirepath/..%2f..%2fbuild.mjs',
    '/css/%00.css',
    '/js',
  ]) {
    assert.equal((await get(path)).status, 404, path);
  }
  assert.equal((await get('/%E0%A4%A')).status, 400);
  assert.equal((await get('/', 'POST')).status, 405);
});

test('a port in use and a missing option are one clear line each', async () => {
  for (const [args, words] of [
    [
      [...options, '--port', url.port],
      /^shop: port \d+ on 127\.0\.0\.1 is in use; choose another with --port\n$/,
    ],
    [['--collector', 'http://127.0.0.1:9'], /^shop: --collector URL and --write-key KEY are needed\n$/],
    [[...options, '--port', '70000'], /^shop: --port 70000 is no port\n$/],
  ]) {
    const failing = launch(...args);
    let text = '';
    failing.stderr.on('data', (chunk) => {
      text += chunk;
    });
    const [code] = await once(failing, 'close');
    assert.equal(code, 1);
    assert.match(text, words);
  }
});
