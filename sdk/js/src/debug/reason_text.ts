const kReasons: Record<string, string> = {
  consent: 'no consent for this channel',
  holdout: 'held out by an experiment',
  purpose_served: 'its purpose was served',
  promise_conflict: 'contradicts a promise made',
  cap_trigger: 'its cap is used up',
  cap_purpose: 'the cap of its purpose is used up',
  cap_channel: 'the cap of its channel is used up',
  lower_priority: 'something else came first',
  stale: 'older than an hour',
  late: 'the slot was being looked at',
};

/** A reason of the closed set, for people. */
export const reasonText = (reason: string): string => kReasons[reason] ?? reason.replace('_', ' ');
