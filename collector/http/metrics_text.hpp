// What /metrics says, in Prometheus' text format.
#pragma once

#include <string>

#include "collector/http/ops_routes.hpp"

namespace desirepath::collector {

// Rates (counters), where the fold stands, latencies and refusals of the public port, disk, memory,
// connections, build. Labels have closed sets of values; nothing that names a person or a key is among them.
std::string metrics_text(const OpsParts& parts);

}  // namespace desirepath::collector
