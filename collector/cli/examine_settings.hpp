// What a configuration names, looked over without using it: certificate, journeys, tracking plan, places.
#pragma once

#include <cstdint>
#include <vector>

#include "collector/ops/doctor.hpp"
#include "collector/ops/serve_config.hpp"

namespace desirepath::collector::cli {

// A finding for each file that is named. `now_ms`: wall clock, ms UTC. Warnings of journeys go to standard
// error, as with `compile`.
std::vector<Finding> examine_settings(const ServeConfig& config, std::int64_t now_ms);

}  // namespace desirepath::collector::cli
