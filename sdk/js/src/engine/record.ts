import type { Fields } from '../core/types.js';

/** An event as the engine takes it. */
export interface FoldEvent {
  messageId: string;
  timestamp: number;
  type: string;
  event?: string;
  properties?: Fields;
  traits?: Fields;
  context?: Fields;
}

/** One fact the program reads: the event's member, and the key in it. */
export interface Fact {
  root: 'properties' | 'context' | 'traits';
  key: string;
}

const kTypes = ['track', 'page', 'screen', 'identify', 'group', 'alias'];
const kDepthMax = 16;
const encoder = new TextEncoder();

/** Writes event records into a buffer, by the layout of ABI.md. */
export class RecordWriter {
  private view_!: DataView;
  private bytes_!: Uint8Array;
  private at_ = 0;

  /** Length of the record in `buffer`; 0 if the event does not fit or cannot be written. */
  write(event: FoldEvent, facts: Fact[], buffer: Uint8Array<ArrayBuffer>): number {
    this.bytes_ = buffer;
    this.view_ = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.at_ = 16;
    try {
      this.event_(event, facts);
      return this.at_;
    } catch {
      return 0;
    }
  }

  private event_(event: FoldEvent, facts: Fact[]) {
    const { view_: view } = this;
    view.setBigInt64(0, BigInt(event.timestamp), true);
    view.setUint32(8, kTypes.indexOf(event.type) + 1, true);
    this.text_(event.messageId);
    this.text_(event.type === 'track' ? (event.event ?? '') : event.type);
    let count = 0;
    facts.forEach(({ root, key }, index) => {
      if (root === 'traits' && event.type !== 'identify') return;
      const from = event[root];
      const value = from && Object.hasOwn(from, key) ? from[key] : undefined;
      if (value === undefined) return;
      this.u32_(index);
      this.value_(value, 0);
      count++;
    });
    view.setUint32(12, count, true);
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
    const { read, written } = encoder.encodeInto(text, this.bytes_.subarray(start));
    if (read < text.length) throw new RangeError();
    this.u32_(written);
    this.at_ = start + written;
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
