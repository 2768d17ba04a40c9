// Where the person is in the journey.
#pragma once

#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

struct CurrentStage {
  std::string id;  // empty: none
  Time since = 0;
};

CurrentStage current_stage(const History& history);

// The move the moment's event makes, if it makes one.
std::optional<Move> move_of(const Moment& moment);

}  // namespace desirepath::reference
