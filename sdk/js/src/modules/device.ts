/** Adds what the browser says of the device to the context of later events, as Segment's `context.userAgentData`. */
import type { DeviceOptions } from '../browser/capture_options.js';
import type { Host } from '../browser/host.js';

interface UserAgentData {
  getHighEntropyValues(hints: string[]): Promise<Record<string, unknown>>;
}

export function start(host: Host, { hints }: DeviceOptions): () => void {
  let isEnded = false;
  const { userAgentData } = navigator as { userAgentData?: UserAgentData };
  userAgentData
    ?.getHighEntropyValues(hints ?? ['model', 'platformVersion', 'fullVersionList'])
    .then((said) => {
      // An empty text is a browser's way to say nothing.
      const values = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
      if (!isEnded) host.surround({ userAgentData: values });
    })
    // A page's permissions policy may refuse.
    .catch(() => {});
  return () => {
    isEnded = true;
    host.surround({ userAgentData: undefined });
  };
}
