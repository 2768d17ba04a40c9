// Conditions, read off their documents each time they are asked.
#pragma once

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// Whether all members of the document hold at that moment.
bool holds(const Moment& moment, const Json& document);

// Whether the condition an object has under `key` holds; none always does.
bool holds_member(const Moment& moment, const Json& object, const char* key);

// Whether the event has the filter's name and carries what its `where` wants.
bool matches(const Moment& moment, const Json& filter);

// The part of a `when` that reads the event, and the rest.
struct SplitCondition {
  Json of_event = Json::object();
  Json of_profile = Json::object();
};
SplitCondition split(const Json& document);

}  // namespace desirepath::reference
