// Where the person is in the journey.
#pragma once

#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

struct CurrentStage {
  std::string id;  // empty: none
  Time since = 0;
  std::string anchor;  // of the move
};

CurrentStage current_stage(const History& history);

// When the person, staying, is stuck in the current stage; nothing where it has no such time.
std::optional<Time> stuck_at(const History& history);

// The move the moment's event makes, if it makes one.
std::optional<Move> move_of(const Moment& moment);

}  // namespace desirepath::reference
