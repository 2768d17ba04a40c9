import type { Event, Fields } from './types.js';

/**
 * Parameters of addresses that are never kept: what lets somebody in, and what says who somebody is. Each stands for longer names that
 * end in it, and for what follows it after anything but a letter: `token` for `access_token` and `token2`, `email` for `user[email]`.
 */
const kHidden =
  'token|password|passwd|pwd|secret|key|auth|signature|session_?id|jwt|oobcode|email|phone'.split('|');

const kAddresses = ['url', 'referrer', 'search', 'href'];

/** Takes parameters out of the addresses of an event: of its page, and of its own properties `url`, `referrer`, `search`, `href`. */
export function hiddenParams(more: string[]): (event: Event) => void {
  const plain = more.map((name) => name.replace(/\W/g, '\\$&'));
  const hidden = new RegExp(`(${[...kHidden, ...plain].join('|')})(?![a-z])`, 'i');
  const without = (address: string) => {
    const shown = address.replace(/([?&#])([^=&#?]*)=[^&#?]*/g, (pair, mark, name) =>
      hidden.test(name) ? `${mark}&` : pair,
    );
    if (shown === address) return address;
    return shown
      .replace(/([?#])&+/g, '$1')
      .replace(/&+/g, '&')
      .replace(/[?&]+(?=#|$)|#$/g, '');
  };
  // What the page handed over stays as it is: copies are changed.
  const shownOf = (fields: Fields | undefined) => {
    let shown = fields;
    for (const name of kAddresses) {
      const address = fields?.[name];
      if (typeof address === 'string') {
        const kept = without(address);
        if (kept !== address) shown = { ...shown, [name]: kept };
      }
    }
    return shown;
  };
  return (event) => {
    event.properties = shownOf(event.properties);
    const page = shownOf(event.context?.page as Fields | undefined);
    if (page) event.context = { ...event.context, page };
  };
}
