// What must hold of every event that ingest accepts, wherever it came from.
#pragma once

#include "collector/ingest/check_event.hpp"

namespace desirepath::fuzz {

// Aborts unless the event is JSON that everything behind can read, keeps to the journal's bounds, goes
// through the journal unchanged, and is the same event when it is taken in again.
void require_sound(const collector::AcceptedEvent& event, std::int64_t received_at_ms);

// Aborts, after it has said what does not hold.
[[noreturn]] void fail(const char* what);
inline void require(bool holds, const char* what) {
  if (!holds) fail(what);
}

}  // namespace desirepath::fuzz
