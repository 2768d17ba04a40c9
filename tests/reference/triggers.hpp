// Occasions: when a trigger may speak, and when its waits begin and end.
#pragma once

#include <string>
#include <vector>

#include "tests/reference/arbitration.hpp"
#include "tests/reference/history.hpp"

namespace desirepath::reference {

// Something other than an event that triggers speak on: "stage_enter" of a stage, "audience_leave" of an
// audience and so on.
struct Occurrence {
  std::string word;
  std::string of;
  std::string anchor;
};

// The triggers that are enabled, or that a treatment enables, as declared.
std::vector<const Json*> enabled_triggers(const Json& journey);

// What a trigger speaks on: an event filter or an object with one of the words above; of a delayed one, what
// its wait begins with.
const Json& occasion_of(const Json& trigger);

// Ends the waits that the moment's event ends.
void end_waits(History& history, const Moment& moment);

// Begins the waits for which the moment's event, or one of the occurrences, is the occasion.
void begin_waits_on_event(History& history, const Moment& moment);
void begin_waits_on(History& history, const Moment& moment, const std::vector<Occurrence>& occurrences);

// The immediate triggers that may speak on the moment's event, or on one of the occurrences.
std::vector<Candidate> candidates_on_event(const Moment& moment);
std::vector<Candidate> candidates_on(const Moment& moment, const std::vector<Occurrence>& occurrences);

// Ends the waits due at the moment, and returns those that may speak.
std::vector<Candidate> end_due_waits(History& history, const Moment& moment);

}  // namespace desirepath::reference
