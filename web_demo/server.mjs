#!/usr/bin/env node
// The demo shop: rendered pages, static files, the npm package's browser file, and /config.js with the collector's
// address and write key.
//
//   node web_demo/server.mjs --collector http://127.0.0.1:8080 --write-key KEY [--port 0] [--host 127.0.0.1]
//
// Prints one line of JSON, {"ready":true,"url":…}, once it accepts connections. SIGTERM and SIGINT stop it.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { renderSite } from './site/pages.mjs';

const PUBLIC = fileURLToPath(new URL('public', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../sdk/js/dist', import.meta.url));
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
};

const fail = (text) => {
  process.stderr.write(`shop: ${text}\n`);
  process.exit(1);
};

const readOptions = () => {
  try {
    const { values } = parseArgs({
      options: {
        collector: { type: 'string' },
        'write-key': { type: 'string' },
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
      },
    });
    if (!values.collector || !values['write-key']) fail('--collector URL and --write-key KEY are needed');
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) fail(`--port ${values.port} is no port`);
    return {
      collector: new URL(values.collector).origin,
      writeKey: values['write-key'],
      port,
      host: values.host,
    };
  } catch (error) {
    return fail(error.message);
  }
};

const options = readOptions();
const site = renderSite();
const config = `globalThis.shopConfig = ${JSON.stringify({
  collector: options.collector,
  writeKey: options.writeKey,
  journey: 'outfitters',
}).replace(/</g, '\\u003c')};\n`;

const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Content-Security-Policy':
    `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' ${options.collector}; ` +
    `connect-src 'self' ${options.collector}; style-src 'self'; img-src 'self' ${options.collector}; ` +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
};

const send = (request, response, status, type, body) => {
  response.writeHead(status, { ...COMMON, 'Content-Type': type, 'Cache-Control': 'no-cache' });
  response.end(request.method === 'HEAD' ? undefined : body);
};

// A file of one of the two folders, undefined where there is none or the path leads outside.
const readBelow = async (folder, path) => {
  const file = resolve(folder, `.${path}`);
  if (!file.startsWith(folder + sep) || !TYPES[extname(file)]) return undefined;
  return readFile(file).catch(() => undefined);
};

const answer = async (request, response) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(request, response, 405, 'text/plain; charset=utf-8', 'method not allowed\n');
    return;
  }
  let path;
  try {
    path = decodeURIComponent(new URL(request.url, 'http://shop').pathname);
  } catch {
    send(request, response, 400, 'text/plain; charset=utf-8', 'bad path\n');
    return;
  }
  if (site.pages.has(path)) {
    send(request, response, 200, TYPES['.html'], site.pages.get(path));
  } else if (path === '/config.js') {
    send(request, response, 200, TYPES['.js'], config);
  } else {
    const inPackage = path.startsWith('/desirepath/');
    const body = await (inPackage
      ? readBelow(PACKAGE, path.slice('/desirepath'.length))
      : readBelow(PUBLIC, path));
    if (body) send(request, response, 200, TYPES[extname(path)], body);
    else if (extname(path)) send(request, response, 404, 'text/plain; charset=utf-8', 'no such file\n');
    else send(request, response, 404, TYPES['.html'], site.missing);
  }
};

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    process.stderr.write(`shop: ${request.url}: ${error.message}\n`);
    if (!response.headersSent) send(request, response, 500, 'text/plain; charset=utf-8', 'error\n');
  });
});
server.on('error', (error) => {
  fail(
    error.code === 'EADDRINUSE'
      ? `port ${options.port} on ${options.host} is in use; choose another with --port`
      : `cannot listen on ${options.host}:${options.port}: ${error.message}`,
  );
});
server.listen(options.port, options.host, () => {
  process.stdout.write(
    `${JSON.stringify({ ready: true, url: `http://${options.host}:${server.address().port}` })}\n`,
  );
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
