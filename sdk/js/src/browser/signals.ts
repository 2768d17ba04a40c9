import type { ResolvedOptions } from './options.js';

/** What Global Privacy Control is about: a person's data sold, shared, or used to advertise to them. */
const kSaleAndSharing = ['marketing', 'advertising', 'sale', 'sharing'];

type Signals = { globalPrivacyControl?: boolean; doNotTrack?: string | null };

export const hasPrivacyControl = (): boolean => (navigator as Signals).globalPrivacyControl === true;

/** The consent categories that the visitor's browser refuses in their name. */
export function refusedCategories({ respectDoNotTrack, consentCategory }: ResolvedOptions): string[] {
  return [
    ...(hasPrivacyControl() ? kSaleAndSharing : []),
    ...(respectDoNotTrack && (navigator as Signals).doNotTrack === '1' ? [consentCategory] : []),
  ];
}
