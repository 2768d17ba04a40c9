// What the person seems to want in the running session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// `intent` or `intent_confidence` of a session with these events.
std::optional<Json> intent(const Json& journey, const std::vector<const Happening*>& session,
                           const std::string& field);

}  // namespace desirepath::reference
