// POST /v1/decide: what to say to a person now, through a channel that asks. The event that asks is stepped
// on a copy of the person's state; nothing is written here. The same event, journaled, brings the fold to the
// same decisions with the same ids.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/replay_engines.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/reading/decision_holds.hpp"

namespace desirepath::collector {

struct DecisionQuestion {
  std::string type;  // of the identifier
  std::string value;
  // Places to fill: slots, which are the channel web's, and channels. None at all: whatever fires.
  std::vector<std::string> slots;
  std::vector<std::string> channels;
};

// The members of an answer, from "decisions" on, without braces:
//
//   "decisions":[{"slot"|"channel","decisionId","trigger","journey","purpose","promise","treatment","content",
//                 "timestamp","standing":true|false} | {"slot"|"channel","decisionId":null,"reason"}],
//   "suppressed":[{"trigger","channel","slot","reason"}],"stage","audiences","asks":{"next","known"},"profile"
//
// One entry for each place, in the order asked. A decision is what the event fired, or came due by it; else
// the standing one: the latest that fired for the place, is not retracted, has no receipt and may still
// become an effect by the engine's gate (freshness, consent, quiet hours, caps as of now). A null one has the
// reason of who was held back there, null where no trigger held. Who is unknown is answered from the empty
// state, with "profile":null. A decision for another channel than web takes a hold (decision_holds.hpp);
// where somebody else has it, the reason is purpose_served, of one trigger without a purpose cap_trigger.
//
// `event` is proved and should be the latest: an earlier one is decided as if it came last. One that the
// profile has already is not stepped again.
Result<std::string> decide_live(ProfileSession& session, ProfileEngine& engine, DecisionHolds& holds,
                                const DecisionQuestion& question, StoredEvent event, std::int64_t now_ms);

}  // namespace desirepath::collector
