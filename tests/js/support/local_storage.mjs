// Local storage as the HTML standard has it: strings only, insertion order, and a quota over keys and values together.
export class LocalStorage {
  #values = new Map();
  #quota;

  constructor(quota = 5 * 1024 * 1024) {
    this.#quota = quota;
  }
  get length() {
    return this.#values.size;
  }
  get used() {
    let chars = 0;
    for (const [key, value] of this.#values) chars += key.length + value.length;
    return chars;
  }
  key(index) {
    return [...this.#values.keys()][index] ?? null;
  }
  getItem(key) {
    return this.#values.get(String(key)) ?? null;
  }
  setItem(key, value) {
    const before = this.getItem(key);
    const freed = before === null ? 0 : String(key).length + before.length;
    if (this.used - freed + String(key).length + String(value).length > this.#quota) {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    }
    this.#values.set(String(key), String(value));
  }
  removeItem(key) {
    this.#values.delete(String(key));
  }
  /** What it holds, by key. */
  all() {
    return Object.fromEntries(this.#values);
  }
  clear() {
    this.#values.clear();
  }
}
