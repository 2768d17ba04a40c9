// Opens the console with a key, follows the stream, and ties the two rooms together.

import { byId } from './dom.js';
import { forgetKey, keepKey, readKey } from './key.js';
import { makeLive } from './live.js';
import { makeProfile } from './profile.js';
import { follow } from './stream.js';

const profile = makeProfile({ readKey });
const live = makeLive({
  showProfile: (type, value) => {
    profile.show(type, value);
    byId('person').scrollIntoView({ block: 'nearest' });
    byId('person').focus({ preventScroll: true });
  },
});
let connection;

const showRooms = (open) => {
  byId('gate').hidden = open;
  byId('rooms').hidden = !open;
  byId('forget').hidden = !open;
};

const tell = (state, text) => {
  byId('connection').textContent = text;
  byId('connection').dataset.state = state;
};

const close = (message = '') => {
  connection?.abort();
  forgetKey();
  live.clear();
  profile.clear();
  tell('closed', '');
  showRooms(false);
  byId('key-error').textContent = message;
  byId('key').focus();
};

const open = (key) => {
  connection?.abort();
  connection = new AbortController();
  tell('waiting', 'Connecting');
  follow({
    key,
    signal: connection.signal,
    tell: (state, text) => {
      if (state === 'refused') {
        close(text);
        return;
      }
      if (state === 'open' && byId('rooms').hidden) {
        keepKey(key);
        showRooms(true);
        showAddressed();
      }
      tell(state, text);
    },
    take: (kind, message) => {
      live.take(kind, message);
      profile.touched(message.profile);
    },
  });
};

// An address may name a profile: /#userId:ada
const showAddressed = () => {
  const [, type, value] = /^#([^:]+):(.+)$/.exec(location.hash) ?? [];
  if (type) profile.show(decodeURIComponent(type), decodeURIComponent(value));
};

byId('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  byId('key-error').textContent = '';
  open(byId('key').value.trim());
  byId('key').value = '';
});
byId('forget').addEventListener('click', () => close());
byId('example').textContent = `curl ${location.origin}/v1/track -u WRITE_KEY: \\
  -d '{"event":"Hello","anonymousId":"me"}'`;

// A form sent before its script ran would put the key into an address.
for (const submit of document.querySelectorAll('button[type="submit"]')) submit.disabled = false;

const kept = readKey();
if (kept) {
  open(kept);
} else {
  showRooms(false);
  byId('key').focus();
}
