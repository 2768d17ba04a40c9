// What other systems report: that a message was sent or shown, that it is about to be, or that it failed. A
// receipt becomes the fact event the engine counts (sdk/engine/effect.hpp).
//
//   { "outcome": "delivered", "decisionId": "m1~cart_rescue~email", "userId": "ann" }
//   { "outcome": "delivered", "channel": "email", "purpose": "cart_reminder", "sender": "newsletter",
//     "messageId": "n-17", "identifier": "email:ann@example.com", "timestamp": "2026-10-01T09:00:00Z" }
//
// `outcome`: exposed, delivered, reserved (about to be sent: counts like a delivery until it failed) or
// failed (takes a reservation back). A receipt with a decisionId says trigger and channel by it; purpose and
// promise are the current journeys', else its own. One without, another system's own message, names its
// channel and should name its purpose. The person is userId, anonymousId or any `identifier` ("type:value")
// that the collector knows. `timestamp` is when it happened, else now. `treatment`, `slot`, `template`,
// `sender` and `reason` are kept.
//
// The messageId is "<decisionId>~<outcome>" (a hash of that where it is too long), else the receipt's own, so
// that a receipt that comes again is a duplicate. One with neither counts each time it comes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/ingest/check_event.hpp"

namespace desirepath::collector {

// Ids of a known person, of which one is empty.
struct KnownPerson {
  std::string user_id;
  std::string anonymous_id;
};
// Who has this identifier; none for nobody.
using FindPerson =
    std::function<Result<std::optional<KnownPerson>>(std::string_view type, std::string_view value)>;

// The event as JSON. `json` is an element of the request that a parser has accepted. A receipt that is no
// good is a mistake (bad_receipt); an error is one of `find_person`.
Result<tl::expected<std::string, EventMistake>> receipt_event(std::string_view json,
                                                              const JourneySet& journeys,
                                                              const FindPerson& find_person);

}  // namespace desirepath::collector
