type Clock = { Temporal?: { Now: { timeZoneId(): string } } };

/** The zone of this device. A first DateTimeFormat costs a page twenty milliseconds; Temporal, where there is one, nothing. */
export const timeZone = (): string =>
  (globalThis as Clock).Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
