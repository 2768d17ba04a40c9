// A journey file for commands that take one: compiled, with its warnings said on stderr.
#pragma once

#include <string>

#include "collector/error.hpp"
#include "sdk/compiler/compile.hpp"

namespace desirepath::collector::cli {

// Warnings go to stderr, a line each; where there is an error, the result's message holds all of both, in the
// order of the source. Where stderr is a terminal, indented lines below each show its place.
Result<compiler::CompiledJourney> read_journey_file(const std::string& path);

}  // namespace desirepath::collector::cli
