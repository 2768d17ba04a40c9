// What every path that takes events answers.
#pragma once

#include <string>

#include "collector/ingest/ingest.hpp"

namespace desirepath::collector {

// "success","accepted","duplicates","rejected","warnings","cursor": members of an object, without braces.
std::string ingest_members(const IngestAnswer& answer);

}  // namespace desirepath::collector
