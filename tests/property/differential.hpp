// The engine beside the reference engine: where they differ, in words.
#pragma once

#include "tests/property/engine_run.hpp"
#include "tests/property/reference_run.hpp"

namespace desirepath::tests {

// How what one step brought about differs; empty where it does not.
std::string difference_of_lines(const std::string& what, const std::vector<std::string>& engine,
                                const std::vector<std::string>& reference);

// How what is known of the person at that time differs; empty where it does not. A fact that says `inexact`
// must have a reason to.
std::string difference_of_facts(const EngineRun& engine, const ReferenceRun& reference, const Json& journey,
                                std::int64_t time_ms);

// Lets the event happen, or time pass, in both.
std::string difference_as_it_happens(EngineRun& engine, ReferenceRun& reference, const Json& journey,
                                     const Json& event);
std::string difference_as_time_passes(EngineRun& engine, ReferenceRun& reference, const Json& journey,
                                      std::int64_t until_ms);

}  // namespace desirepath::tests
