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

/** Each character's code less this is the byte, modulo 256; build.mjs writes them. */
const kTextShift = 36;

/** Of a text of one character for each byte: a fifteenth smaller than digits once it is compressed. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = text.charCodeAt(index) - kTextShift;
  return bytes;
}
