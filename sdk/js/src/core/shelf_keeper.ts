import { kLendMs, kRequestMs } from './limits.js';
import { kShelved } from './overflow.js';
import type { Shelf } from './shelf.js';
import { type KeyValues, storeSurely } from './storage.js';

/** Looks after what a page has on the shelf: moves what is in memory there, borrows what is to be sent, and counts. */
export interface Keeper {
  /** Something is in memory. */
  move(): void;
  /** What is borrowed. */
  keys(): string[];
  read(key: string): string | undefined;
  /** Those that are borrowed leave the shelf; the others are returned. */
  remove(keys: string[]): string[];
  /** On the shelf, and on the way there. */
  size(): number;
  /** Whether it borrowed any. What is borrowed already could have been sent, if it could be sent now. */
  borrow(): Promise<boolean>;
  /** The database took nothing the last time: what is in memory stays there, and is sent from there. */
  refuses(): boolean;
  settled(): Promise<void> | undefined;
}

export interface KeeperParts {
  shelf: Shelf;
  storage: KeyValues;
  /** what is in memory alone; it takes it out of here */
  inMemory: Map<string, string>;
  /** keys that are being sent, by any tab */
  leased(): Set<string>;
  borrower: string;
  now(): number;
  /** milliseconds that no clock setting changes */
  elapsed(): number;
}

export function shelfKeeper({
  shelf,
  storage,
  inMemory,
  leased,
  borrower,
  now,
  elapsed,
}: KeeperParts): Keeper {
  const moving = new Map<string, string>();
  let moved: Promise<void> | undefined;
  let refused = false;
  let borrowed = new Map<string, string>();
  // Dealt with; what the database does not let go of is tried again.
  const gone = new Set<string>();
  let borrowedUntil = 0;

  // Where storage does not even take the count.
  let counted: number | undefined;
  const shelved = () => counted ?? (Number(storage.getItem(kShelved)) || 0);
  // Always six digits: a new count fits where the one before stood.
  const write = (count: number) => {
    counted = storeSurely(storage, kShelved, String(count).padStart(6, '0')) ? undefined : count;
  };
  // Another tab may have put something there since this was counted: none is only ever written before a transaction that would tell.
  const note = (count: number) => void (count && write(count));
  const clear = () => {
    const keys = [...gone];
    const cleared = (count: number) => {
      for (const key of keys) gone.delete(key);
      note(count);
    };
    shelf.remove(keys).then(cleared, () => {});
  };
  const isBorrowed = () => elapsed() < borrowedUntil;

  const self: Keeper = {
    move() {
      if (moved || refused) return;
      const sending = leased();
      const entries = [...inMemory].filter(([key]) => !sending.has(key));
      if (!entries.length) return;
      for (const [key, json] of entries) {
        inMemory.delete(key);
        moving.set(key, json);
      }
      moved = shelf
        .put(entries)
        .then(note, () => {
          // In memory they stay, until something is to be sent.
          refused = true;
          for (const [key, json] of moving) inMemory.set(key, json);
        })
        .then(() => {
          moving.clear();
          moved = undefined;
          self.move();
        });
    },
    keys: () => (isBorrowed() ? [...borrowed.keys()] : []),
    read: (key) => borrowed.get(key),
    remove(keys) {
      const returned = keys.filter((key) => borrowed.delete(key));
      if (returned.length) {
        write(Math.max(0, shelved() - returned.length));
        for (const key of returned) gone.add(key);
        clear();
      }
      return keys.filter((key) => !returned.includes(key));
    },
    size: () => moving.size + shelved(),
    async borrow() {
      if (borrowed.size && isBorrowed()) return false;
      refused = false;
      self.move();
      await self.settled();
      if (!shelved()) return false;
      try {
        const { entries, left } = await shelf.lend(borrower, now());
        write(left);
        if (!left) shelf.remove([]).then(note, () => {});
        borrowed = new Map(entries.filter(([key]) => !gone.has(key)));
        if (gone.size) clear();
        // A request begun in time ends before somebody else may borrow them.
        borrowedUntil = elapsed() + kLendMs - kRequestMs;
        return borrowed.size > 0;
      } catch {
        return false;
      }
    },
    refuses: () => refused,
    settled: () => moved?.then(() => self.settled()),
  };
  if (storage.getItem(kShelved) === null) write(0);
  self.move();
  return self;
}
