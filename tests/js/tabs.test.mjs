// Tabs that see each other's storage late, as those of one browser do: every event is in one request at a time, and none is forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chance } from './support/chance.mjs';
import { deliveringPage } from './support/delivering_page.mjs';
import { lateStorage } from './support/late_storage.mjs';
import { source } from './support/source.mjs';

const { kLeaseMs, kSeenMs } = await source('core/limits');

/** The timers and clock of the test, and what happens in `ms` of them. */
function virtualTime(t) {
  let time = 1_800_000_000_000;
  let ids = 0;
  const due = new Map();
  t.mock.method(globalThis, 'setTimeout', (work, ms = 0, ...values) => {
    due.set(++ids, [time + ms, () => work(...values)]);
    return ids;
  });
  t.mock.method(globalThis, 'clearTimeout', (id) => due.delete(id));
  t.mock.method(performance, 'now', () => time);
  const settle = async () => {
    for (let n = 0; n < 60; n++) await null;
  };
  return {
    now: () => time,
    async pass(ms) {
      await settle();
      for (const end = time + ms; ; ) {
        const [id, at, work] = [...due].reduce(
          (first, [id, [at, work]]) => (at <= end && at < first[1] ? [id, at, work] : first),
          [0, Infinity],
        );
        if (!id) {
          time = end;
          return;
        }
        due.delete(id);
        time = at;
        work();
        await settle();
      }
    },
  };
}

test('whatever tabs do that see each other late: nothing is lost, nothing is in flight twice', async (t) => {
  const clock = virtualTime(t);
  const { now, pass } = clock;
  for (let seed = 1; seed <= 60; seed++) {
    const random = chance(seed);
    const device = lateStorage((work) => setTimeout(work, random(kSeenMs)));
    const tracked = new Set();
    const acknowledged = new Set();
    const repeated = [];
    let flights = [];
    let made = 0;
    const open = () => {
      const storage = device.open();
      const name = `t${String(made++).padStart(3, '0')}`;
      let claims = 0;
      let events = 0;
      const tab = { isGone: false };
      const newId = () => `${random(36).toString(36)}${name}${claims++}`;
      const { queue, sender } = deliveringPage(storage, name, now, newId, {
        async send(body) {
          if (tab.isGone) return new Promise(() => {});
          const ids = JSON.parse(body).batch.map(({ messageId }) => messageId);
          for (const id of ids) {
            if (acknowledged.has(id) || flights.some((flight) => flight.ids.includes(id))) repeated.push(id);
          }
          const flight = { tab, ids };
          flights.push(flight);
          await new Promise((resolve) => setTimeout(resolve, random(3000)));
          if (tab.isGone) return new Promise(() => {});
          flights = flights.filter((one) => one !== flight);
          if (random(4) === 0) return { status: 503 };
          for (const id of ids) acknowledged.add(id);
          return { status: 200 };
        },
        onDropped: () => assert.fail('dropped'),
        flushAfterMs: 1000,
      });
      return Object.assign(tab, {
        sender,
        queue,
        track() {
          const messageId = `${name}-${events++}`;
          tracked.add(messageId);
          queue.add(
            JSON.stringify({ messageId, timestamp: now(), type: 'track', event: 'E', anonymousId: 'a' }),
          );
          sender.notice();
        },
        crash() {
          tab.isGone = true;
          sender.stop();
          device.close(storage);
          // Its requests may have arrived; who comes after cannot know.
          flights = flights.filter((flight) => flight.tab !== tab);
        },
      });
    };
    const tabs = [open(), open(), open()];
    for (let step = 0; step < 60; step++) {
      const at = random(tabs.length);
      const tab = tabs[at];
      switch (random(6)) {
        case 0:
        case 1:
          for (let n = random(8); n--; ) tab.track();
          break;
        case 2:
          for (const each of tabs) each.sender.flush();
          break;
        case 3:
          if (random(4)) break;
          tab.crash();
          tabs[at] = open();
          break;
        default:
          await pass(random(2500));
      }
    }
    for (let n = 0; n < 40 && tabs.some(({ queue }) => queue.size()); n++) await pass(kLeaseMs);
    assert.deepEqual(
      [...tracked].filter((id) => !acknowledged.has(id)),
      [],
      `seed ${seed}: lost`,
    );
    assert.deepEqual(repeated, [], `seed ${seed}: repeated`);
    assert.ok(tracked.size > 20, `seed ${seed}: ${tracked.size}`);
    for (const tab of tabs) tab.sender.stop();
  }
});
