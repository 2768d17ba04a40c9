// Audiences that are watched: who enters and leaves them, by an event or because time passed.
#pragma once

#include <string>
#include <vector>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// Whether the person is a member at that moment.
bool is_member(const Moment& moment, const std::string& audience);

// The audiences with triggers on their coming and going, as declared.
std::vector<std::string> watched_audiences(const Json& journey);

// The messageId of the last event that could change what the audience reads, or of the first of all.
std::string last_touch(const Moment& moment, const std::string& audience);

// The first time after `after` at which what a watched audience says could be another though nothing happens;
// nothing where it never could. That it really is another must be looked at.
std::optional<Time> next_look(const History& history, Time after);

}  // namespace desirepath::reference
