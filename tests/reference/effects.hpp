// What was really shown or sent, and how it holds later decisions back.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// Adds the effect the event is the fact of, or takes a reservation back; does nothing where the event is no
// such fact, or where the effect was counted as it was decided.
void note_effect(History& history, const Happening& event);

// Whether `capped` (something that may have a `cap`) leaves no room for `own` beside the effects that
// `counts` accepts: of the past the last as many as the cap has times, and those that won in this instant.
bool is_used_up(const Json* capped, const std::vector<Effect>& past, const std::vector<Effect>& winning,
                const Effect& own, const std::function<bool(const Effect&)>& counts);

// When the effects that `counts` accepts count: what one trigger brought about after one anchor once, at its
// latest time; what `trigger` did after `anchor` not at all.
std::vector<Time> times_counted(const std::vector<Effect>& effects, const std::string& trigger,
                                const std::string& anchor, const std::function<bool(const Effect&)>& counts);

// Whether an effect in force promised what contradicts the trigger's promise.
bool is_contradicted(const History& history, const Json& trigger, Time now);
// Whether two promises contradict each other, as either says.
bool contradict(const Json& journey, const std::string& one, const std::string& other);

// Whether another trigger's effect served the trigger's purpose lately.
bool is_served_by_another(const History& history, const Json& trigger, Time now);

}  // namespace desirepath::reference
