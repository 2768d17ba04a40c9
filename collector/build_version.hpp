// Which desirepath this is.
#pragma once

namespace desirepath::collector {

// "0.1.0"
const char* build_version() noexcept;

}  // namespace desirepath::collector
