const unit = (text: string, index: number) => {
  const code = text.charCodeAt(index);
  // UTF-8 puts what UTF-16 writes as surrogates behind everything else.
  return code < 0xd800 ? code : code < 0xe000 ? code + 0x2000 : code - 0x800;
};

/** As the bytes of their UTF-8 compare. */
export function compareBytewise(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    if (a.charCodeAt(index) !== b.charCodeAt(index)) return unit(a, index) - unit(b, index);
  }
  return a.length - b.length;
}

export interface Ordered {
  timestamp: number;
  messageId: string;
}

/** The order in which a profile's events are folded. */
export const compareEvents = (a: Ordered, b: Ordered): number =>
  a.timestamp - b.timestamp || compareBytewise(a.messageId, b.messageId);
