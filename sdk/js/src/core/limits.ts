/** Every bound of the package, with its unit and what it means in the world. */

/** Events waiting in local storage: a day of a busy visitor without a network. */
export const kJournalEvents = 1000;
/** Characters of those events; local storage gives the whole site about five million. */
export const kJournalChars = 1 << 20;
/** Characters of one event: what the collector takes. */
export const kEventChars = 32 * 1024;
/** Calls held before the package runs or consent is given. */
export const kHeldCalls = 100;
/** Age at which an undelivered event is given up. */
export const kEventAgeMs = 28 * 86400_000;
/** How long a batch belongs to the page that is sending it. */
export const kLeaseMs = 30_000;
/** A request is abandoned before its lease ends, so a batch is never in flight twice. */
export const kRequestMs = 25_000;
/** Events in one request. */
export const kBatchEvents = 100;
/** Bytes of one request; a browser lets a page keep 64 KiB alive past its end, all requests together. */
export const kBatchBytes = 30_000;
/** Bytes in flight, together, when the page goes. */
export const kKeepaliveBytes = 60_000;
/** First and longest pause after a failure; each failure doubles it. */
export const kRetryFirstMs = 1000;
export const kRetryMaxMs = 60_000;
/** Longest pause a server may ask for. */
export const kRetryAfterMaxMs = 600_000;
/** Pause after the collector refused the key or the path: somebody has to mend that first. */
export const kRefusedMs = 300_000;
/** A clock further ahead than this was set back since; earlier stamps no longer bind. */
export const kClockSlipMs = 300_000;
/** Age past which a decision is no longer shown. */
export const kFreshMs = 3600_000;
/** Events kept beside the device's state, so that a late one from another tab can be folded in its order. */
export const kTailEvents = 32;
/** How long a slot may have been in view before a decision for it comes late. */
export const kLateMs = 100;
/** How long half a slot must be in view to count as seen. */
export const kExposureMs = 1000;
/** Exposed decisions remembered on the device. */
export const kExposedIds = 200;
/** Single events in a row that may be answered 400 before the address is blamed instead. */
export const kUnreadableMax = 3;
/** Bytes from which compressing a request is worth it. */
export const kCompressBytes = 1000;
/** Trait names remembered as known; the latest ones. A cookie holds 4 KB. */
export const kKnownFields = 100;
/** How long who a visitor is and what they allow stays in a cookie. */
export const kCookieSeconds = 365 * 86400;
/** Characters of storage set aside for what must be kept with the quota full: a lease of a whole batch, a withdrawal. */
export const kSpareChars = 4096;
/** Acknowledged events kept until an engine is there to fold them. */
export const kUnfoldedEvents = 100;
/** A silence that ends a session, as the engine counts sessions. */
export const kSessionGapMs = 1800_000;
/** Events that the panel on the page lists. */
export const kShownEvents = 50;
