// The operator's key: held for this tab alone, sent in a header and never in an address.

const NAME = 'desirepath.key';

export const readKey = () => sessionStorage.getItem(NAME);
export const keepKey = (key) => sessionStorage.setItem(NAME, key);
export const forgetKey = () => sessionStorage.removeItem(NAME);

export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const WORDS = {
  401: 'The collector does not know this key.',
  403: 'This key may not read. A secret key is needed.',
};

// fetch with the key; throws Refused with the collector's own words for anything but success.
export const ask = async (path, key, { signal, headers = {} } = {}) => {
  const response = await fetch(path, {
    headers: { ...headers, Authorization: `Bearer ${key}` },
    signal,
    cache: 'no-store',
  });
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  const message =
    WORDS[response.status] ?? answer.error?.message ?? `The collector answered ${response.status}.`;
  throw new Refused(response.status, answer.error?.code, message);
};
