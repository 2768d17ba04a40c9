// The shelf's contract without a database: each method is one step, as a transaction is. `refuses(name)` may let one fail.
export class MemoryShelf {
  events = new Map();
  refuses = () => false;
  #limits;

  constructor(limits) {
    this.#limits = limits;
  }
  async #step(name, work) {
    await null;
    if (this.refuses(name)) throw new DOMException('refused', 'UnknownError');
    const result = work();
    await null;
    return result;
  }
  put(entries) {
    return this.#step('put', () => {
      if (this.events.size + entries.length > this.#limits.kShelfEvents) throw new DOMException('full');
      for (const [key, json] of entries) this.events.set(key, { json, borrower: '', until: 0 });
      return this.events.size;
    });
  }
  lend(borrower, now) {
    return this.#step('lend', () => {
      const entries = [];
      for (const [key, event] of [...this.events].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const left = event.until - now;
        if (event.borrower !== borrower && left > 0 && left <= this.#limits.kLendMs) continue;
        if (entries.length === this.#limits.kBatchEvents) break;
        this.events.set(key, { ...event, borrower, until: now + this.#limits.kLendMs });
        entries.push([key, event.json]);
      }
      return { entries, left: this.events.size };
    });
  }
  remove(keys) {
    return this.#step('remove', () => {
      for (const key of keys) this.events.delete(key);
      return this.events.size;
    });
  }
}
