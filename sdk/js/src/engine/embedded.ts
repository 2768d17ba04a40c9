type HexReader = { fromHex?(hex: string): Uint8Array<ArrayBuffer> };

/** Of lower-case digits. */
export function bytesOfHex(hex: string, native = (Uint8Array as HexReader).fromHex): Uint8Array<ArrayBuffer> {
  if (native) return native.call(Uint8Array, hex);
  const digit = (index: number) => {
    const code = hex.charCodeAt(index);
    return (code & 15) + (code >> 6) * 9;
  };
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = digit(index * 2) * 16 + digit(index * 2 + 1);
  }
  return bytes;
}
