// Conditions that can never hold together, as far as that is certain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sdk/compiler/journey.hpp"

namespace desirepath::compiler {

// One fact that is to be two texts, or two numbers, at once.
struct Contradiction {
  Name fact;  // where it is demanded the second time
  std::string first;
  std::string second;
};

// Looks at what the documents demand at their top level and inside `$and`. Null documents demand nothing.
// `event` is the name of the event they are about, empty for none.
std::optional<Contradiction> find_contradiction(const Name& event,
                                                const std::vector<const JsonNode*>& documents);

}  // namespace desirepath::compiler
