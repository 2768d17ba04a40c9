// TLS by certificate files: who speaks it is served, SIGHUP brings a new certificate, a bad file changes nothing.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { binary, serve } from './collector.mjs';
import { until } from './until.mjs';

function makeCertificate(folder, name) {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name}.example`;
  execFileSync('openssl', [...words.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key, cert };
}

async function nameShown(port) {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return name;
}

async function post(port, path, body) {
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', rejectUnauthorized: false });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const piece of answer) text += piece;
  return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(text) };
}

test('the public port speaks TLS, and its certificate is read anew at SIGHUP', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'desirepath-tls-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const [first, second] = [makeCertificate(root, 'first'), makeCertificate(root, 'second')];
  await copyFile(first.key, join(root, 'key.pem'));
  await copyFile(first.cert, join(root, 'cert.pem'));
  const files = ['--tls-cert', join(root, 'cert.pem'), '--tls-key', join(root, 'key.pem')];
  const collector = await serve(t, join(root, 'data'), files);
  const { url, ops_url, write_key } = collector.ready;
  assert.match(url, /^https:/);
  assert.match(ops_url, /^http:/);
  const port = Number(new URL(url).port);

  const batch = { batch: Array.from({ length: 500 }, (_, i) => ({ type: 'page', userId: `u${i}` })) };
  const answer = await post(port, `/v1/batch?k=${write_key}`, JSON.stringify(batch));
  assert.equal(answer.status, 200);
  assert.equal(answer.body.accepted, 500);
  assert.match(answer.headers['strict-transport-security'], /max-age=/);
  assert.equal(await nameShown(port), 'first.example');

  const plain = connectPlain(port, '127.0.0.1');
  plain.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  let text = '';
  plain.on('error', () => {}).on('data', (piece) => (text += piece.toString('latin1')));
  await new Promise((resolve) => plain.on('close', resolve));
  assert.ok(!text.includes('200 OK'));

  await copyFile(second.cert, join(root, 'cert.pem')); // of another key
  process.kill(collector.pid, 'SIGHUP');
  await until('the mistake is told', () => /certificate as before/.test(collector.errors()));
  assert.equal(await nameShown(port), 'first.example');
  await copyFile(second.key, join(root, 'key.pem'));
  process.kill(collector.pid, 'SIGHUP');
  await until('the new certificate is shown', async () => (await nameShown(port)) === 'second.example');
  assert.deepEqual(await collector.stop('SIGTERM'), [0, null]);
});

test('certificate files that do not do are refused in one line', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'desirepath-tls-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const { key, cert } = makeCertificate(root, 'one');
  const other = makeCertificate(root, 'other');
  await writeFile(join(root, 'text'), 'no certificate');
  const refused = (...files) => {
    const run = spawnSync(binary, ['serve', '--data', join(root, 'data'), ...files], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(run.status, 1);
    assert.equal(run.stderr.trimEnd().split('\n').length, 1, run.stderr);
    return run.stderr;
  };
  assert.match(refused('--tls-cert', cert), /--tls-cert and --tls-key belong together/);
  assert.match(refused('--tls-cert', join(root, 'absent'), '--tls-key', key), /absent: cannot be read/);
  assert.match(refused('--tls-cert', join(root, 'text'), '--tls-key', key), /text: cannot be read/);
  assert.match(refused('--tls-cert', cert, '--tls-key', other.key), /other\.key/);
});
