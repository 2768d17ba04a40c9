// Programs with every kind of record, for fuzzers that need one.
#pragma once

#include <cstdint>
#include <vector>

namespace desirepath::fuzz {

// Of tests/journeys/everything.journey.json; DESIREPATH_EVERYTHING is its place.
const std::vector<std::uint8_t>& program_bytes();
const std::vector<std::uint8_t>& device_program_bytes();

// Of the version before it: a stage by another name, other waits and other treatments.
const std::vector<std::uint8_t>& earlier_program_bytes();

}  // namespace desirepath::fuzz
