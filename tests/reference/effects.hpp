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

// Whether `capped` (something that may have a `cap`) leaves no room for one more at `now`. `identity` names
// what an effect counts as, and is empty where it does not count; effects of one identity count once, and
// those of the candidate's `own` not at all.
bool is_used_up(const Json* capped, const std::vector<Effect>& effects, Time now,
                const std::function<std::string(const Effect&)>& identity, const std::string& own);

// Whether another trigger's effect served the trigger's purpose lately.
bool is_served_by_another(const History& history, const Json& trigger, Time now);

}  // namespace desirepath::reference
