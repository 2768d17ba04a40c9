// A program with every kind of record, for fuzzers that need one.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sdk/compiler/compile.hpp"

namespace desirepath::fuzz {

// Of tests/journeys/everything.journey.json; DESIREPATH_EVERYTHING is its place.
inline const std::vector<std::uint8_t>& program_bytes() {
  static const std::vector<std::uint8_t> bytes = [] {
    std::ifstream file(DESIREPATH_EVERYTHING);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    compiler::CompileResult result = compiler::compile_journey(text, DESIREPATH_EVERYTHING);
    if (!result.journey) std::abort();
    return std::move(result.journey->program);
  }();
  return bytes;
}

}  // namespace desirepath::fuzz
