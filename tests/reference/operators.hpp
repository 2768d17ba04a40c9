// The tests a value can be put to: equality, order, lists, elements, versions, patterns.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// A value, or nothing where the fact is missing.
using Fact = std::optional<Json>;

// Whether the value passes the test: operators, or what it must equal.
bool passes(const Fact& fact, const Json& test);

// Whether all members of the document hold over the facts that `find` gives.
bool holds_over(const Json& document, const std::function<Fact(const std::string&)>& find);

// Whether a value counts as true: it is there and not null, false, 0 or empty.
bool is_true(const Fact& fact);

// The number a text or a number is; nothing for anything else.
std::optional<double> number_of(const Fact& fact);

}  // namespace desirepath::reference
