// Experiments: who gets which treatment, and what a trigger is for them.
#pragma once

#include <optional>
#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// What a trigger is for the moment's person: its declaration with what the treatment changes.
struct Form {
  Json trigger;
  bool is_enabled = true;
  bool is_held_out = false;
  std::string treatment;  // of its own experiment; empty outside of one
};
Form form_of(const Moment& moment, const Json& trigger);

// Whether the journey has the experiment and it has the treatment.
bool has_treatment(const Json& journey, const std::string& experiment, const std::string& treatment);

// Whether some treatment enables the trigger.
bool can_be_enabled(const Json& journey, const Json& trigger);

// Notes the places that deciding the trigger, or beginning its wait, brings the moment's person.
void assign(History& history, const Moment& moment, const Json& trigger);

// Takes over the place an `Experiment Assigned` event states.
void note_assignment(History& history, const Happening& event);

// The place the person has in the experiment, as `treatment`, `holdout` and `crossed`; nothing without one.
std::optional<Json> known_place(const History& history, const std::string& experiment);

}  // namespace desirepath::reference
