// One event of a profile by its messageId.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collector/error.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

struct FoundEvent {
  StrandRecord strand;
  StoredEvent event;  // without its JSON
};

// None where the profile has no such event up to `not_after_ms`. Looks at the newest chunks first and reads
// those alone whose hashes have it. Of several streams that have one of that messageId, the newest chunk's.
Result<std::optional<FoundEvent>> find_event(ProfileSession& session, NodeId profile,
                                             std::string_view message_id, std::int64_t not_after_ms);

}  // namespace desirepath::collector
