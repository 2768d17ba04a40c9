// The gate between a decision and its effect: what was right at the decision's time must be right now too.
#pragma once

#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// What a decision proposes.
struct Proposal {
  Json trigger;
  Json action;
  std::string anchor;
  Time time = 0;
};

// Why it must not become an effect now; empty where it may.
std::string reason_to_stop(const History& history, const Proposal& proposal, Time now);

}  // namespace desirepath::reference
