/** A file of its own, loaded where the site hands identity tokens out: the unified state of who is signed in, on this device. */
import type { SyncAnswer, SyncHost, Syncing } from '../browser/syncing.js';
import { bytesOfText } from '../core/base64.js';

/** A token is asked for anew this long before it ends: it may be on its way when it does. */
const kTokenMarginMs = 30_000;
/** How long a token without a readable end is used. */
const kTokenMs = 300_000;
/** After a token that was none, or did not hold, the site is not asked again for this long. */
const kRefusedTokenMs = 60_000;
/** What the collector has not folded yet is asked for again after this, and so often. */
const kBehindMs = 2000;
const kBehindMax = 5;

interface Claims {
  sub?: string;
  exp?: number;
}

/** What a token says, unproved: whom it names and when it ends. */
function claimsOf(token: string): Claims {
  try {
    const payload = bytesOfText(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'));
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return {};
  }
}

async function hashOf(program: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', program));
  return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function start(host: SyncHost): Syncing {
  let token: string | undefined;
  let tokenUntil = 0;
  let tokenOf: string | undefined;
  let askAgainAt = 0;
  let folded = 0;
  let foldedFor: string | undefined;
  let behind = 0;
  let asking: Promise<void> | undefined;

  const drop = () => {
    token = undefined;
    askAgainAt = host.now() + kRefusedTokenMs;
  };
  /** The token of who is signed in here. */
  const current = (): string | undefined =>
    tokenOf === host.person()?.userId && host.now() < tokenUntil ? token : undefined;
  const ask = async (userId: string) => {
    tokenOf = userId;
    drop();
    const given = await host.token();
    const { sub, exp } = claimsOf(given ?? '');
    // Of somebody else: whoever signed in or out meanwhile is asked for when it is their turn.
    if (!given || sub !== userId) return;
    token = given;
    tokenUntil = exp ? exp * 1000 - kTokenMarginMs : host.now() + kTokenMs;
  };
  /** Sees that there is a token, asked for once however many want it. */
  const renew = async () => {
    const userId = host.person()?.userId;
    if (current() || userId === undefined || (tokenOf === userId && host.now() < askAgainAt)) return;
    asking ??= ask(userId).finally(() => {
      asking = undefined;
    });
    await asking;
  };

  const members = (seq: number) => {
    const { anonymousId } = host.person()!;
    return { token: current(), anonymousId, seq, journey: host.journey };
  };
  const knownFolded = () => (host.person()?.anonymousId === foldedFor ? folded : 0);

  const take = async (answer: SyncAnswer, anonymousId: string) => {
    const { identity, state, program, seq = 0, asks, behind: isBehind } = answer;
    if (identity?.proved === false) {
      console.error('desirepath: the identity token does not hold:', identity.message);
      return drop();
    }
    if (isBehind && ++behind <= kBehindMax) {
      setTimeout(() => self.sync(), kBehindMs);
      return;
    }
    behind = 0;
    const running = host.program();
    const bytes = state && bytesOfText(state);
    if (!bytes || !running || (await hashOf(running)) !== program) return;
    // Signed out, or another program, meanwhile.
    if (host.person()?.anonymousId !== anonymousId || host.program() !== running) return;
    folded = seq;
    foldedFor = anonymousId;
    host.learn(asks?.known ?? []);
    host.rebase(bytes, seq);
  };

  const self: Syncing = {
    members() {
      if (!current()) {
        renew().then(
          () => (current() ? self.sync() : undefined),
          (error) => console.error('desirepath:', error),
        );
        return;
      }
      // The collector folds up to this batch before it answers: all that is not waiting here is in by then.
      const lowest = host.lowestWaiting();
      return members(lowest === undefined ? knownFolded() : lowest - 1);
    },
    take: (answer, anonymousId) =>
      void take(answer, anonymousId).catch((error) => console.error('desirepath:', error)),
    async sync() {
      try {
        await renew();
        if (!current()) return;
        const asked = members(knownFolded());
        const body = JSON.stringify(asked);
        const response = await fetch(host.url, {
          method: 'POST',
          body,
          headers: { 'content-type': 'text/plain' },
          credentials: 'omit',
        });
        if (response.ok) await take(await response.json(), asked.anonymousId);
      } catch (error) {
        console.error('desirepath:', error);
      }
    },
  };
  return self;
}
