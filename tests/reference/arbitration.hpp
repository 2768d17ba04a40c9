// One instant's contest: who of those whose occasion it is may speak, and what holds the others back.
#pragma once

#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// A trigger whose occasion it is and whose `when` holds.
struct Candidate {
  const Json* trigger;
  std::string anchor;
};

// Decides every action of every candidate, highest priority first, and notes the decisions.
void arbitrate(History& history, const Moment& moment, std::vector<Candidate> candidates);

}  // namespace desirepath::reference
