// The worst case of one profile's state under a program, record by record.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sdk/compiler/program_builder.hpp"

namespace desirepath::compiler {

struct StateBudget {
  std::size_t bytes = 0;
  std::string largest;  // "behavior 'x' 903 B, …": the three largest records
};

// What the state can grow to. `behavior_names` and `trigger_names` are for messages, parallel to the
// builder's records.
StateBudget state_budget(const ProgramBuilder& builder, const std::vector<std::string>& behavior_names,
                         const std::vector<std::string>& trigger_names);

}  // namespace desirepath::compiler
