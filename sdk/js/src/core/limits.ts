/** Every bound of the package, with its unit and what it means in the world. */

/** Events waiting in local storage: a day of a busy visitor without a network. */
export const kJournalEvents = 1000;
/** Characters of those events; local storage gives the whole site about five million. */
export const kJournalChars = 1 << 20;
/** Events beyond those, in IndexedDB: ten such days. */
export const kShelfEvents = 10_000;
/** How long some of them are lent to a page that sends them. */
export const kLendMs = 40_000;
/** Characters of one event: what the collector takes. */
export const kEventChars = 32 * 1024;
/** Calls held before the package runs or consent is given. */
export const kHeldCalls = 100;
/** Age at which an undelivered event is given up. */
export const kEventAgeMs = 28 * 86400_000;
/** How long a batch belongs to the page that is sending it. */
export const kLeaseMs = 30_000;
/** Longer than a write to storage takes to be seen by another tab, on a busy machine too. */
export const kSeenMs = 750;
/** A page that goes says so at most this long after its requests have failed. */
export const kLeavingMs = 250;
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
/** A request that fails faster than this, without an answer, may be blocked: another name of the path is tried. */
export const kBlockedMs = 3000;
/** Longest pause a server may ask for. */
export const kRetryAfterMaxMs = 600_000;
/** Pause after the collector refused the key or the path: somebody has to mend that first. */
export const kRefusedMs = 300_000;
/** A clock further ahead than this was set back since; earlier stamps no longer bind. */
export const kClockSlipMs = 300_000;
/** How long a proposal that nobody has seen keeps other tabs from making it. */
export const kReservationMs = 1800_000;
/** Reservations of all tabs together; past them the oldest no longer bind. */
export const kReservations = 50;
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
/** Events of this long share a checkpoint of the device's state. */
export const kCheckpointMs = 1000;
/** A silence that ends a session, as the engine counts sessions. */
export const kSessionGapMs = 1800_000;
/** Events that the panel on the page lists. */
export const kShownEvents = 50;
/** Input that keeps a visitor active for this long. */
export const kActiveMs = 30_000;
/** A later part of a page view's attention that is worth an event of its own. */
export const kEngagedPartMs = 1000;
/** Pause after which scrolling is looked at: layout is read a few times a second at most. */
export const kScrollPauseMs = 250;
/** Characters told of what is on a link or button. */
export const kTextChars = 80;
/** Characters told of an id or a field's name. */
export const kNameChars = 80;
/** Nodes looked through for that text. */
export const kTextNodes = 200;
/** Elements named by a selector, from the inside out, and the siblings counted for one of them. */
export const kSelectorSteps = 5;
export const kSelectorSiblings = 100;
/** Forms watched in one page view, and fields counted in one of them. */
export const kForms = 20;
export const kFormFields = 200;
/** Clicks, milliseconds and CSS pixels of a click of anger. */
export const kRageClicks = 3;
export const kRageMs = 1000;
export const kRagePx = 30;
/** How long a page may take to answer a click. */
export const kDeadMs = 2000;
/** Clicks of anger told of one page view, and clicks that nothing answered. */
export const kFrictions = 10;
/** Different mistakes told of one page view; a page that fails in a loop is told once. */
export const kErrors = 10;
/** Characters told of a mistake's message. */
export const kMessageChars = 200;
/** Entries of a data layer read from before the module came: what tag managers keep of it. */
export const kLayerEntries = 300;
/** Products read of one entry. */
export const kProducts = 100;
/** Orders remembered on the device, so that a reloaded page tells none again. */
export const kOrders = 50;
/** Silence after which a visitor counts as idle, if the page does not say otherwise. */
export const kIdleSeconds = 60;
