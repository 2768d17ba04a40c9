// What the circumstances of events say: campaigns, devices, and where a session began.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// A part of the latest campaign, or `click_id`.
std::optional<Json> campaign(const Moment& moment, const std::string& part);

// `type`, `os` or `locale`, as said last.
std::optional<Json> device(const Moment& moment, const std::string& field);

// `referrer` or `landing` of a session with these events.
std::optional<Json> beginning(const std::vector<const Happening*>& session, const std::string& field);

}  // namespace desirepath::reference
