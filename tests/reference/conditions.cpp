#include "tests/reference/conditions.hpp"

#include <cstdlib>

#include "tests/reference/calendar.hpp"
#include "tests/reference/facts.hpp"

namespace desirepath::reference {

namespace {

using Fact = std::optional<Json>;

bool is_null(const Fact& fact) {
  return !fact || fact->is_null();
}

bool is_true(const Fact& fact) {
  if (is_null(fact)) return false;
  if (fact->is_boolean()) return fact->get<bool>();
  if (fact->is_number()) return fact->get<double>() != 0;
  if (fact->is_string()) return !fact->get<std::string>().empty();
  return true;
}

// As a script prints it; good for whole numbers and short fractions.
std::string printed(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  const double number = value.get<double>();
  if (number == static_cast<double>(static_cast<std::int64_t>(number))) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  return Json(number).dump();
}

// The same JSON; members of objects in any order.
bool is_same(const Json& a, const Json& b) {
  if (!a.is_structured() || !b.is_structured() || a.is_object() != b.is_object()) return a == b;
  if (a.size() != b.size()) return false;
  for (const auto& [key, value] : a.items()) {
    const auto other = a.is_object() ? b.find(key) : b.begin() + std::stol(key);
    if (other == b.end() || !is_same(value, *other)) return false;
  }
  return true;
}

bool is_strictly(const Fact& fact, const Json& wanted) {
  if (wanted.is_null()) return is_null(fact);
  return fact && is_same(*fact, wanted);
}

bool is_one_of(const Fact& fact, const Json& list) {
  for (const Json& wanted : list) {
    if (is_strictly(fact, wanted)) return true;
  }
  return false;
}

bool is_in(const Fact& fact, const Json& list) {
  if (!fact || !fact->is_array()) return is_one_of(fact, list);
  for (const Json& element : *fact) {
    if (is_one_of(element, list)) return true;
  }
  return false;
}

// Null, what is missing and false count as 0 beside a number, true as 1.
std::optional<double> comparable(const Fact& fact) {
  if (is_null(fact)) return 0;
  if (fact->is_boolean()) return fact->get<bool>() ? 1 : 0;
  return number_of(fact);
}

// The order of two values, if they have one.
std::optional<int> order_of(const Fact& fact, const Json& wanted) {
  if (fact && fact->is_string() && wanted.is_string()) {
    return fact->get<std::string>().compare(wanted.get<std::string>());
  }
  const auto left = comparable(fact);
  const auto right = comparable(wanted);
  if (!left || !right) return std::nullopt;
  return *left < *right ? -1 : *left > *right ? 1 : 0;
}

bool is_implicitly(const Fact& fact, const Json& wanted) {
  if (wanted.is_null()) return is_null(fact);
  if (wanted.is_boolean()) return !is_null(fact) && is_true(fact) == wanted.get<bool>();
  if (wanted.is_number()) return comparable(fact) == wanted.get<double>();
  if (wanted.is_string() && fact && (fact->is_number() || fact->is_boolean())) {
    return printed(*fact) == wanted.get<std::string>();
  }
  return is_strictly(fact, wanted);
}

bool is_operators(const Json& test) {
  if (!test.is_object()) return false;
  for (const auto& [key, value] : test.items()) {
    if (!key.empty() && key[0] == '$') return true;
  }
  return false;
}

bool passes(const Fact& fact, const Json& test);

bool passes_operator(const Fact& fact, const std::string& word, const Json& wanted) {
  if (word == "$eq") return is_strictly(fact, wanted);
  if (word == "$ne") return !is_strictly(fact, wanted);
  if (word == "$in") return is_in(fact, wanted);
  if (word == "$nin") return !is_in(fact, wanted);
  if (word == "$exists") return is_null(fact) != wanted.get<bool>();
  if (word == "$not") return !passes(fact, wanted);
  const auto order = order_of(fact, wanted);
  if (!order) return false;
  if (word == "$gt") return *order > 0;
  if (word == "$gte") return *order >= 0;
  if (word == "$lt") return *order < 0;
  return *order <= 0;  // $lte
}

bool passes(const Fact& fact, const Json& test) {
  if (!is_operators(test)) return is_implicitly(fact, test);
  for (const auto& [word, wanted] : test.items()) {
    if (!passes_operator(fact, word, wanted)) return false;
  }
  return true;
}

bool is_member_of(const Moment& moment, const Json& audience) {
  return is_true(fact(moment, "audiences." + audience.get<std::string>()));
}

// "audiences": a name, or a list of names under $in, $all or $nin.
bool passes_audiences(const Moment& moment, const Json& test) {
  if (test.is_string()) return is_member_of(moment, test);
  const std::string word = test.begin().key();
  std::size_t count = 0;
  for (const Json& name : test.begin().value()) count += is_member_of(moment, name) ? 1 : 0;
  if (word == "$in") return count > 0;
  if (word == "$nin") return count == 0;
  return count == test.begin().value().size();  // $all
}

// Durations in a test of a fact that is one, as numbers of milliseconds.
Json in_milliseconds(const Json& test) {
  if (test.is_string()) return parse_duration(test.get<std::string>());
  Json numbers = test;
  if (test.is_structured()) {
    for (Json& inner : numbers) inner = in_milliseconds(inner);
  }
  return numbers;
}

bool holds_entry(const Moment& moment, const std::string& key, const Json& value) {
  if (key == "$not") return !holds(moment, value);
  if (key == "$and" || key == "$or" || key == "$nor") {
    std::size_t count = 0;
    for (const Json& document : value) count += holds(moment, document) ? 1 : 0;
    const bool any = count > 0 || value.empty();
    return key == "$and" ? count == value.size() : key == "$or" ? any : !any;
  }
  if (key == "audiences") return passes_audiences(moment, value);
  return passes(fact(moment, key), is_duration(key) ? in_milliseconds(value) : value);
}

bool reads_event(const std::string& key, const Json& value) {
  if (!key.empty() && key[0] != '$') {
    return key == "event" || key == "type" || key.rfind("properties.", 0) == 0 ||
           key.rfind("context.", 0) == 0;
  }
  const auto any_member = [](const Json& document) {
    for (const auto& [inner, test] : document.items()) {
      if (reads_event(inner, test)) return true;
    }
    return false;
  };
  if (value.is_object()) return any_member(value);
  for (const Json& document : value) {
    if (any_member(document)) return true;
  }
  return false;
}

}  // namespace

bool holds(const Moment& moment, const Json& document) {
  for (const auto& [key, value] : document.items()) {
    if (!holds_entry(moment, key, value)) return false;
  }
  return true;
}

bool holds_member(const Moment& moment, const Json& object, const char* key) {
  const auto document = object.find(key);
  return document == object.end() || holds(moment, *document);
}

bool matches(const Moment& moment, const Json& filter) {
  return moment.event != nullptr && moment.event->name == text_of(filter, "event") &&
         holds_member(moment, filter, "where");
}

SplitCondition split(const Json& document) {
  SplitCondition parts;
  for (const auto& [key, value] : document.items()) {
    (reads_event(key, value) ? parts.of_event : parts.of_profile)[key] = value;
  }
  return parts;
}

std::optional<double> number_of(const std::optional<Json>& value) {
  if (!value) return std::nullopt;
  if (value->is_number()) return value->get<double>();
  if (!value->is_string()) return std::nullopt;
  const std::string text = value->get<std::string>();
  if (text.empty() || text.find_first_not_of("+-.0123456789eE") != std::string::npos) return std::nullopt;
  if (text.find_first_of("0123456789") > text.find_first_of("eE")) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (*end != '\0') return std::nullopt;
  return number;
}

}  // namespace desirepath::reference
