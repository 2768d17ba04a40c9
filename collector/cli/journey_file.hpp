// A journey file for commands that take one: compiled, with its warnings said on stderr.
#pragma once

#include <string>

#include "collector/error.hpp"
#include "sdk/compiler/compile.hpp"

namespace desirepath::collector::cli {

// Warnings go to stderr, a line each. The error's message holds every error, a line each.
Result<compiler::CompiledJourney> read_journey_file(const std::string& path);

}  // namespace desirepath::collector::cli
