// What was really shown or sent, and how it holds later decisions back.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// The effect the event is the fact of; nothing where it is none, or where it was counted as it was decided.
std::optional<Effect> stated_effect(const History& history, const Happening& event);

// The trigger of that id that is declared and enabled; null where there is none.
const Json* enabled_trigger(const Json& journey, const std::string& id);

// Whether `capped` (something that may have a `cap`) leaves no room for `own` beside the effects that
// `counts` accepts: of the past the last as many as the cap has times, and those that won in this instant.
bool is_used_up(const Json* capped, const std::vector<Effect>& past, const std::vector<Effect>& winning,
                const Effect& own, const std::function<bool(const Effect&)>& counts);

// Whether another trigger's effect served the trigger's purpose lately.
bool is_served_by_another(const History& history, const Json& trigger, Time now);

}  // namespace desirepath::reference
