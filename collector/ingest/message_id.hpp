// Message ids for events whose sender made none: unique, and sorting by the time they were made.
#pragma once

#include <cstdint>
#include <string>

namespace desirepath::collector {

// Nine characters of base 36 time, then 16 random ones. A sender that retries such an event sends another
// one.
std::string mint_message_id(std::int64_t now_ms);

}  // namespace desirepath::collector
