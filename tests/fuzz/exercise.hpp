// Everything a host may do with a loaded program and a state it took, whatever they hold.
#pragma once

#include "sdk/engine/engine_host.hpp"

namespace desirepath::fuzz {

// Folds events of each name the program asks for, their facts of every kind in turn. Ends early where the
// state is full.
void fold_events(EngineHost& host);

// The same, and then a long time passes.
void live(EngineHost& host);

// Reads all that is known of the person at the state's time, explains each trigger, and asks of each action
// whether the gate would stop it.
void look(const Program& program, const State& state);

}  // namespace desirepath::fuzz
