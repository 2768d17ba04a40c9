import type { Fields } from '../core/types.js';

/** A token of the site's server that proves who is signed in: a JWT, or nothing where nobody is. */
export type IdentityToken = () => string | null | undefined | Promise<string | null | undefined>;

/** What the collector answers to a request with a token. */
export interface SyncAnswer {
  identity?: { proved?: boolean; message?: string };
  /** the program whose state it is, by the first 16 hexadecimal digits of its SHA-256 */
  program?: string;
  /** base64; null where nothing is known */
  state?: string | null;
  /** it was not folded in time: ask again */
  behind?: boolean;
  seq?: number;
  asks?: { known?: string[] };
}

/** What the module that syncs has of the running client. */
export interface SyncHost {
  token: IdentityToken;
  now(): number;
  /** Address of the collector's sync, with the key. */
  url: string;
  journey: string | undefined;
  /** Who this device speaks for; undefined while nobody is signed in. */
  person(): { anonymousId: string; userId?: string } | undefined;
  /** The lowest number of an event that is journaled here; undefined for none. */
  lowestWaiting(): number | undefined;
  /** The program that runs; undefined while none does. */
  program(): Uint8Array<ArrayBuffer> | undefined;
  /** Takes a state of that program, with this device's events up to number `seq`. */
  rebase(state: Uint8Array, seq: number): void;
  /** Fields that are known of the person by other channels. */
  learn(fields: string[]): void;
}

/** Brings what other channels did to this device. */
export interface Syncing {
  /** What a batch says besides its events, so that the collector takes it for the signed-in user's; undefined without a token. */
  members(): Fields | undefined;
  /** An answer to a batch that had those members, of that device's person. */
  take(answer: SyncAnswer, anonymousId: string): void;
  /** Asks now, without events. */
  sync(): Promise<void>;
}

/** The same from before the module is there: until then batches say nothing besides their events. */
export function syncing(host: SyncHost, load: () => Promise<{ start(host: SyncHost): Syncing }>): Syncing {
  let module: Syncing | undefined;
  return {
    members: () => module?.members(),
    take: (answer, anonymousId) => module?.take(answer, anonymousId),
    async sync() {
      module ??= (await load()).start(host);
      await module.sync();
    },
  };
}
