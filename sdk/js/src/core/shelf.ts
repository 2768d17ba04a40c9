/**
 * Journaled events in IndexedDB: what local storage has no room for, and what a worker journals. Each method is one transaction, which
 * no other tab's overlaps; it rejects when the browser refuses it, and then nothing has changed.
 */
export interface Shelf {
  /** Keeps them, all or none. Resolves with how many are kept now. */
  put(entries: [key: string, json: string][]): Promise<number>;
  /** Lends the oldest that nobody has, to `borrower` for `kLendMs`; and how many are kept. */
  lend(borrower: string, now: number): Promise<{ entries: [key: string, json: string][]; left: number }>;
  /** They were delivered, or given up. Resolves with how many are kept now. */
  remove(keys: string[]): Promise<number>;
}
