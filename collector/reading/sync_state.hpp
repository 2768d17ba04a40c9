// What a device is told of its user: the unified state, folded by the program that the device runs. So it is
// byte for byte what the device would have had from the same events, those of other channels among them: an
// e-mail sent this morning counts for the banner this afternoon.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

struct SyncQuestion {
  std::string user_id;       // proved
  std::string anonymous_id;  // the device that asks
  std::string journey;       // by name; empty: the first
  // Up to where the device knows its events to be folded. Devices number their events from 1 on, without
  // gaps, in `context.seq`.
  std::uint64_t seq = 0;
};

// Members of an answer, without braces:
//
//   "profile","journey","program":hash,"state":base64|null,"seq","consent":{…},"asks":{"next","known"}
//
// `state` has all events of the person but those of this device beyond `seq`, the highest number up to which
// none is missing: the device steps its later ones on top. It has performed what was due by its latest event,
// not by now. Null where nothing is known of the person, and for profiles past kSyncEventsMax events.
//
// `engine` is one of Target::device. ErrorCode::not_found where there is no such journey.
Result<std::string> sync_state(ProfileSession& session, ProfileEngine& engine, const SyncQuestion& question);

}  // namespace desirepath::collector
