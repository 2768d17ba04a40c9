import type { Fields } from '../core/types.js';

/** An event as the engine takes it. */
export interface FoldEvent {
  messageId: string;
  timestamp: number;
  type: string;
  event?: string;
  anonymousId?: string;
  userId?: string;
  properties?: Fields;
  traits?: Fields;
  context?: Fields;
}

/** One fact the program reads: the event's member, or the event itself, and the key in it. */
export interface Fact {
  root: 'properties' | 'context' | 'traits' | 'event';
  key: string;
}

/** Index of each fact the program reads, by root and key; a root none is read of is missing. */
export type FactIndexes = Partial<Record<Fact['root'], Record<string, number>>>;

export function factIndexes(facts: Fact[]): FactIndexes {
  const indexes: FactIndexes = {};
  for (const [index, { root, key }] of facts.entries()) {
    indexes[root] ??= Object.create(null) as Record<string, number>;
    indexes[root][key] = index;
  }
  return indexes;
}

const kTypes = ['track', 'page', 'screen', 'identify', 'group', 'alias'];
const kDepthMax = 16;
const kHalf = 2 ** 32;
const kShortText = 64;
/** Offset of the messageId's first byte in a record. */
export const kMessageIdAt = 20;
let encoder: TextEncoder | undefined;

/** Writes event records into a buffer, by the layout of ABI.md. */
export class RecordWriter {
  private view_!: DataView;
  private bytes_!: Uint8Array;
  private at_ = 0;

  /** Length of the record in `buffer`; 0 if the event does not fit or cannot be written. */
  write(event: FoldEvent, facts: FactIndexes, buffer: Uint8Array<ArrayBuffer>): number {
    if (this.bytes_ !== buffer) {
      this.bytes_ = buffer;
      this.view_ = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    }
    this.at_ = 16;
    try {
      this.event_(event, facts);
      return this.at_;
    } catch {
      return 0;
    }
  }

  private event_(event: FoldEvent, facts: FactIndexes) {
    const { view_: view } = this;
    const { timestamp, type, messageId, properties, context, traits } = event;
    if (!Number.isSafeInteger(timestamp)) throw new RangeError();
    // The low and the high half: exact, and without a BigInt on the way.
    view.setUint32(0, (timestamp % kHalf) >>> 0, true);
    view.setInt32(4, Math.floor(timestamp / kHalf), true);
    view.setUint32(8, kTypes.indexOf(type) + 1, true);
    this.text_(messageId);
    this.text_(type === 'track' ? (event.event ?? '') : type);
    const count =
      this.facts_(properties, facts.properties) +
      this.facts_(context, facts.context) +
      (type === 'identify' ? this.facts_(traits, facts.traits) : 0) +
      this.facts_(event as unknown as Fields, facts.event);
    view.setUint32(12, count, true);
  }

  /** By the event's own keys: what is written costs what the event carries, whatever the program reads. */
  private facts_(from: Fields | undefined, indexes: Record<string, number> | undefined): number {
    let count = 0;
    if (!indexes) return count;
    for (const key in from) {
      const index = indexes[key];
      const value = from[key];
      if (index === undefined || value === undefined || !Object.hasOwn(from, key)) continue;
      this.u32_(index);
      this.value_(value, 0);
      count++;
    }
    return count;
  }

  private u32_(value: number) {
    this.view_.setUint32(this.at_, value, true);
    this.at_ += 4;
  }

  private tag_(tag: number) {
    this.view_.setUint8(this.at_++, tag);
  }

  private text_(text: string) {
    const start = this.at_ + 4;
    const written = this.shortText_(text, start) || this.anyText_(text, start);
    this.view_.setUint32(this.at_, written, true);
    this.at_ = start + written;
  }

  // Most texts are short and plain: written here in a quarter of the time. 0 for all others.
  private shortText_(text: string, start: number): number {
    const { bytes_: bytes } = this;
    const { length } = text;
    if (length > kShortText || start + length > bytes.length) return 0;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return 0;
      bytes[start + index] = code;
    }
    return length;
  }

  private anyText_(text: string, start: number): number {
    encoder ??= new TextEncoder();
    const { read, written } = encoder.encodeInto(text, this.bytes_.subarray(start));
    if (read < text.length) throw new RangeError();
    return written;
  }

  private value_(value: unknown, depth: number) {
    switch (typeof value) {
      case 'boolean':
        return this.tag_(value ? 2 : 1);
      case 'number':
        if (!Number.isFinite(value)) throw new RangeError();
        this.tag_(3);
        // Minus zero is zero, as it is to a parser that reads "-0" as an integer.
        this.view_.setFloat64(this.at_, value + 0, true);
        this.at_ += 8;
        return;
      case 'string':
        this.tag_(4);
        return this.text_(value);
      case 'object':
        if (value !== null) return this.container_(value, depth + 1);
    }
    this.tag_(0);
  }

  private container_(value: object, depth: number) {
    if (depth > kDepthMax) throw new RangeError();
    const isArray = Array.isArray(value);
    this.tag_(isArray ? 5 : 6);
    const start = this.at_;
    this.at_ += 8;
    let count = 0;
    if (isArray) {
      for (const item of value) this.value_(item, depth);
      count = value.length;
    } else {
      for (const key of Object.keys(value)) {
        this.text_(key);
        this.value_((value as Fields)[key], depth);
        count++;
      }
    }
    this.view_.setUint32(start, this.at_ - start - 8, true);
    this.view_.setUint32(start + 4, count, true);
  }
}
