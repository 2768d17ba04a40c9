import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chance } from './support/chance.mjs';
import { LocalStorage } from './support/local_storage.mjs';
import { MemoryShelf } from './support/memory_shelf.mjs';
import { source } from './support/source.mjs';

const { journal } = await source('core/journal');
const { leases } = await source('core/leases');
const { outbox } = await source('core/outbox');
const { overflow } = await source('core/overflow');
const { shelfKeeper } = await source('core/shelf_keeper');
const limits = await source('core/limits');
const { kJournalEvents, kLeaseMs, kLendMs, kRequestMs, kShelfEvents } = limits;

let world;
/** One device: its storage, its shelf, its clock. */
function device(quota) {
  world = {
    storage: new LocalStorage(quota),
    shelf: new MemoryShelf(limits),
    clock: 1_800_000_000_000,
    isAllowed: true,
  };
  return world;
}

/** A page or worker on the device. */
function page(tab, { storage, shelf } = world, keep = true) {
  const now = () => world.clock;
  let id = 0;
  const leased = leases(storage, now, () => `${tab}-${id++}`);
  const dropped = [];
  const beyond = overflow(
    storage,
    keep
      ? async (inMemory) =>
          shelfKeeper({ shelf, storage, inMemory, leased: leased.held, borrower: tab, now, elapsed: now })
      : undefined,
  );
  const queue = journal(storage, tab, beyond);
  const claim = outbox({
    journal: queue,
    leases: leased,
    now,
    format: 'compact',
    onDropped: (drop) => dropped.push(drop),
    isAllowed: () => world.isAllowed,
    members: () => undefined,
  });
  let seq = 0;
  return {
    beyond,
    queue,
    dropped,
    leased,
    claim() {
      const free = () => queue.keys().filter((key) => !leased.held().has(key));
      return (
        claim({ events: 100, bytes: 30_000, of: 'mine' }) ?? claim({ events: 100, bytes: 30_000, of: free() })
      );
    },
    farewell: () => claim({ events: queue.size(), bytes: 60_000, of: 'all' }),
    add() {
      const messageId = `${tab}-${String(seq++).padStart(5, '0')}`;
      return queue.add(JSON.stringify({ messageId, timestamp: world.clock })) && messageId;
    },
    acknowledge(claimed) {
      queue.remove(claimed.keys);
      leased.release(claimed.id);
    },
  };
}
const settled = async (tab) => {
  // The file is loaded, then what waits is moved.
  for (let n = 0; n < 20; n++) await tab.beyond.settled();
};
const idsOf = (claimed) => claimed?.events.map(({ messageId }) => messageId) ?? [];

/** All that can be had and acknowledged by one page. */
async function drain(tab) {
  const ids = [];
  for (;;) {
    const claimed = tab.claim();
    if (claimed) {
      ids.push(...idsOf(claimed));
      tab.acknowledge(claimed);
    } else if (!(await tab.beyond.borrow())) {
      return ids;
    }
  }
}

test('past local storage events go to the shelf, and come back in order', async () => {
  const { storage, shelf } = device();
  const tab = page('a');
  const ids = Array.from({ length: kJournalEvents + 300 }, () => tab.add());
  await settled(tab);
  assert.equal(shelf.events.size, 300);
  assert.equal(storage.getItem('dp.o'), '000300');
  assert.equal(tab.queue.size(), kJournalEvents + 300);
  assert.deepEqual(await drain(tab), ids);
  assert.equal(shelf.events.size, 0);
  await settled(tab);
  assert.equal(tab.queue.size(), 0);
});

test('another page finds what a closed one left on the shelf', async () => {
  const { shelf } = device(200);
  const first = page('a');
  const ids = Array.from({ length: 30 }, () => first.add());
  await settled(first);
  assert.ok(shelf.events.size > 0);
  const next = page('b');
  assert.equal(next.queue.size(), 30);
  assert.deepEqual((await drain(next)).sort(), ids);
});

test('what one page has borrowed no other gets until the loan ends, and it stops using it in time', async () => {
  device(0);
  const storages = { storage: world.storage, shelf: world.shelf };
  const [a, b] = [page('a', storages), page('b', storages)];
  a.add();
  await settled(a);
  // No local storage: each page has to be told that there is something.
  b.add();
  await settled(b);
  world.storage = new LocalStorage();
  const [mine, theirs] = [page('c'), page('d')];
  world.storage.setItem('dp.o', '000002');
  assert.equal(await mine.beyond.borrow(), true);
  assert.equal(await theirs.beyond.borrow(), false);
  assert.equal(mine.beyond.keys(false).length, 2);
  world.clock += kLendMs - kRequestMs;
  assert.equal(mine.beyond.keys(false).length, 0);
  assert.equal(await theirs.beyond.borrow(), false);
  world.clock += kRequestMs;
  assert.equal(await theirs.beyond.borrow(), true);
});

test('a shelf that refuses leaves events in memory, from where they are sent; it is tried again', async () => {
  const { shelf } = device(0);
  shelf.refuses = () => true;
  const tab = page('a');
  const ids = [tab.add(), tab.add()];
  await settled(tab);
  const claimed = tab.claim();
  assert.deepEqual(idsOf(claimed), ids);
  tab.leased.release(claimed.id);
  shelf.refuses = () => false;
  await tab.beyond.borrow();
  assert.equal(shelf.events.size, 2);
});

test('what the shelf does not let go of is not sent again by this page, and goes later', async () => {
  const { shelf } = device(0);
  const tab = page('a');
  tab.add();
  await settled(tab);
  shelf.refuses = (name) => name === 'remove';
  assert.equal((await drain(tab)).length, 1);
  world.clock += kLendMs;
  assert.deepEqual(await drain(tab), []);
  shelf.refuses = () => false;
  tab.add();
  await settled(tab);
  world.clock += kLendMs;
  assert.equal((await drain(tab)).length, 1);
  await settled(tab);
  assert.equal(shelf.events.size, 0);
});

test('while consent is open nothing leaves the shelf, and once it is refused all of it goes unsent', async () => {
  const { shelf } = device(200);
  const tab = page('a');
  for (let n = 0; n < 150; n++) tab.add();
  await settled(tab);
  world.isAllowed = undefined;
  assert.deepEqual(await drain(tab), []);
  assert.equal(tab.queue.size(), 150);
  world.isAllowed = false;
  world.clock += kLendMs;
  assert.deepEqual(await drain(tab), []);
  await settled(tab);
  assert.equal(shelf.events.size, 0);
  assert.equal(tab.dropped.filter(({ reason }) => reason === 'consent').length, 150);
});

test('the limit of the shelf, and of memory before it', async () => {
  device(0);
  const tab = page('a');
  tab.add();
  await settled(tab);
  for (let n = 1; n < kShelfEvents; n++) assert.ok(tab.add());
  await settled(tab);
  assert.equal(world.shelf.events.size, kShelfEvents);
  assert.ok(tab.add(), 'one past it is in memory');
  await settled(tab);
  assert.equal(world.shelf.events.size, kShelfEvents);
  const without = page('b', world, false);
  for (let n = 0; n < kJournalEvents; n++) assert.ok(without.add());
  assert.equal(without.add(), undefined);
});

test("a page's last request takes what has not reached the shelf, and then it does not go there", async () => {
  const { shelf } = device(0);
  const tab = page('a');
  tab.add();
  await settled(tab);
  const [moving, waiting] = [tab.add(), tab.add()];
  assert.deepEqual(idsOf(tab.farewell()), [waiting]);
  await settled(tab);
  assert.equal(shelf.events.size, 2);
  assert.ok([...shelf.events.values()].some(({ json }) => json.includes(moving)));
});

test('whatever two tabs do, with storage failing and tabs dying: nothing is lost, nothing is in flight twice', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = chance(seed);
    // Either the quota is full, or writes fail now and then; both at once may take a lease its room.
    const { storage, shelf } = device(seed % 2 ? 5000 + random(8000) : 1 << 22);
    const every = seed % 2 ? Infinity : 2 + random(6);
    let writes = 0;
    const { setItem } = LocalStorage.prototype;
    storage.setItem = function (key, value) {
      if (++writes % every === 0) throw new DOMException('no', 'UnknownError');
      setItem.call(this, key, value);
    };
    shelf.refuses = (name) => name !== 'remove' && random(8) === 0;
    let made = 0;
    const tabs = [page(`0a${made++}`), page(`0a${made++}`)];
    const durable = new Set();
    const acknowledged = new Set();
    const flights = [];
    const fly = (tab) => {
      const claimed = tab.claim();
      if (!claimed) return;
      for (const id of idsOf(claimed)) {
        assert.ok(!acknowledged.has(id), `seed ${seed}: ${id} again`);
        const other = flights.find(({ ids }) => ids.includes(id));
        assert.ok(!other, `seed ${seed}: ${id} twice in flight`);
      }
      flights.push({ tab, claimed, ids: idsOf(claimed), end: world.clock + kRequestMs });
    };
    const land = (flight, isAcknowledged) => {
      flights.splice(flights.indexOf(flight), 1);
      if (isAcknowledged) {
        for (const id of flight.ids) acknowledged.add(id);
        flight.tab.acknowledge(flight.claimed);
      } else {
        flight.tab.leased.release(flight.claimed.id);
      }
    };
    for (let step = 0; step < 120; step++) {
      const at = random(2);
      const tab = tabs[at];
      switch (random(8)) {
        case 0:
        case 1:
        case 2:
          for (let n = random(30); n--; ) durable.add(tab.add());
          await settled(tab);
          break;
        case 3:
          if (!flights.some((flight) => flight.tab === tab)) fly(tab);
          break;
        case 4:
          await tab.beyond.borrow();
          break;
        case 5: {
          const flight = flights.find((one) => one.tab === tab);
          if (flight) land(flight, random(3) > 0);
          break;
        }
        case 6: {
          world.clock += random(10_000);
          for (const flight of [...flights]) {
            if (flight.end > world.clock) continue;
            if (flight.tab) land(flight, false);
            else flights.splice(flights.indexOf(flight), 1);
          }
          break;
        }
        default: {
          if (random(4)) break;
          // It dies: what was in its memory alone is gone, and its requests are never answered.
          for (const key of tab.beyond.keys(true)) {
            const id = JSON.parse(tab.beyond.read(key)).messageId;
            if (![...shelf.events.values()].some(({ json }) => json.includes(id))) durable.delete(id);
          }
          for (const flight of flights) if (flight.tab === tab) flight.tab = undefined;
          tabs[at] = page(`0a${made++}`);
        }
      }
    }
    shelf.refuses = () => false;
    storage.setItem = setItem;
    for (const flight of [...flights]) if (flight.tab) land(flight, true);
    world.clock += kLendMs + kLeaseMs;
    // The count may be behind where storage refused it: something new puts it right.
    storage.setItem('dp.o', '000001');
    for (const tab of tabs) for (const id of await drain(tab)) acknowledged.add(id);
    world.clock += kLendMs;
    for (const tab of tabs) for (const id of await drain(tab)) acknowledged.add(id);
    for (const id of durable) assert.ok(acknowledged.has(id), `seed ${seed}: ${id} lost`);
    assert.ok(durable.size > 20, `seed ${seed}: ${durable.size}`);
  }
});
