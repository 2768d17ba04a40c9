// The context answer: what the last events of a person were about, for whoever speaks to them next.
//
//   communications  what reached them, one for each decision or message, newest first: {"channel","trigger",
//                   "decisionId","purpose","promise","slot","template","treatment","sender","status",
//                   "timestamp","statusAt"}; what does not apply is left out. `timestamp` is of its first
//                   fact, `statusAt` of the one that says its status: reserved, released, sent, delivered,
//                   bounced, exposed, opened, clicked, unsubscribed, spam. Decisions come from their fact
//                   events, other systems' messages from Segment's names ("Email Opened", "Push Notification
//                   Tapped", …)
//   content         what they looked at: pages, screens, and what was viewed, clicked, played or exposed
//   actions         everything else they did
//   interactions    the last of all kinds, each with its "kind"
//   openPromises    {"promise","trigger","channel","since","until"}: offers that reached them and still stand
//                   (`for` of the journey's promise, else 24 hours)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// The lists as members of a JSON object, a comma before each. `events` in the profile's order.
std::string context_members(const std::vector<OrderedEvent>& events, const JourneySet& journeys,
                            bool is_proved_profile, std::int64_t now_ms);

}  // namespace desirepath::collector
