type Base64Writer = { toBase64?(): string };

/** Byte after byte it would take longer than all else that a page's start does. */
const kPartBytes = 8192;

export function textOfBytes(bytes: Uint8Array, native = (bytes as Base64Writer).toBase64): string {
  if (native) return native.call(bytes);
  let letters = '';
  for (let at = 0; at < bytes.length; at += kPartBytes) {
    letters += String.fromCharCode(...bytes.subarray(at, at + kPartBytes));
  }
  return btoa(letters);
}

type Base64Reader = { fromBase64?(text: string): Uint8Array<ArrayBuffer> };

/** Undefined where the text is damaged. */
export function bytesOfText(
  text: string,
  native = (Uint8Array as Base64Reader).fromBase64,
): Uint8Array<ArrayBuffer> | undefined {
  try {
    if (native) return native.call(Uint8Array, text);
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let index = 0; index < bytes.length; index++) bytes[index] = letters.charCodeAt(index);
    return bytes;
  } catch {
    return undefined;
  }
}
