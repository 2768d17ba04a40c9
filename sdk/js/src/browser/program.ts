import { bytesOfText, textOfBytes } from '../core/base64.js';
import { type KeyValues, tryStore } from '../core/storage.js';

const kProgram = 'dp.p';

/** Device programs by URL: the last one seen is kept, so that a repeat view decides before any answer. */
export interface Programs {
  cached(): Uint8Array<ArrayBuffer> | undefined;
  /**
   * The collector's current one, kept for the next view; undefined where it cannot be had. The browser's own cache asks with the
   * entity tag, which by hand would cost a preflight.
   */
  fetch(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** A program that does not verify is not tried again. */
  forget(): void;
}

export function programs(storage: KeyValues, url: string): Programs {
  return {
    cached() {
      const [from, text] = (storage.getItem(kProgram) ?? '').split(' ');
      return from === url && text ? bytesOfText(text) : undefined;
    },
    async fetch() {
      try {
        const response = await fetch(url, { credentials: 'omit' });
        if (!response.ok) return;
        const bytes = new Uint8Array(await response.arrayBuffer());
        const value = `${url} ${textOfBytes(bytes)}`;
        if (storage.getItem(kProgram) !== value) tryStore(storage, kProgram, value);
        return bytes;
      } catch {
        return;
      }
    },
    forget: () => storage.removeItem(kProgram),
  };
}
