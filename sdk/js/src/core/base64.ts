export function textOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
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
