// Thousands of connections that are held and do not finish, and what an honest client meets meanwhile.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const address = (url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });

/** Opens `count` connections to `url`, sends `text` on each, and resolves with the sockets when all are connected. */
export async function hold(url, count, text) {
  const sockets = [];
  for (let begun = 0; begun < count; begun += 200) {
    const some = Array.from({ length: Math.min(200, count - begun) }, () => connect(address(url)));
    for (const socket of some) socket.on('error', () => {}).resume();
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    if (text !== '') for (const socket of some) socket.write(text);
    sockets.push(...some);
  }
  return sockets;
}

/** Half-open POSTs and idle keep-alive connections, as many of each. */
export async function holdMany(ready, count) {
  const halfOpen = await hold(
    ready.url,
    count,
    `POST /v1/batch?k=${ready.write_key} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"batch":[`,
  );
  const idle = await hold(ready.url, count, 'GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n');
  return {
    halfOpen,
    idle,
    release: () => {
      for (const socket of [...halfOpen, ...idle]) socket.destroy();
    },
  };
}

/** Milliseconds and status of one request. */
export async function timed(url, options = {}) {
  const begun = performance.now();
  const answer = await fetch(url, options);
  await answer.arrayBuffer();
  return { status: answer.status, ms: performance.now() - begun };
}

/** The resident memory of a process, MB. */
export const residentMb = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
