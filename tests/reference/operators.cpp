#include "tests/reference/operators.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>

#include "tests/reference/facts.hpp"

namespace desirepath::reference {

namespace {

bool is_null(const Fact& fact) {
  return !fact || fact->is_null();
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

// Whether what an element is to match is a document: it has a key that is no operator, or groups alone.
bool is_document(const Json& test) {
  bool only_groups = true;
  for (const auto& [key, value] : test.items()) {
    if (key.empty() || key[0] != '$') return true;
    only_groups = only_groups && (key == "$and" || key == "$or" || key == "$nor");
  }
  return only_groups;
}

// Elements are tested as values, or as objects whose members are the facts.
bool element_passes(const Json& element, const Json& test) {
  if (!is_document(test)) return passes(element, test);
  return holds_over(test, [&](const std::string& path) { return walk(element, path); });
}

bool any_element(const Fact& fact, const std::function<bool(const Json&)>& accepts) {
  return fact && fact->is_array() && std::any_of(fact->begin(), fact->end(), accepts);
}

// A text in small letters; what is none as it is.
Json folded(Json value) {
  if (!value.is_string()) return value;
  std::string text = value.get<std::string>();
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
  return text;
}

// The texts of a list, or a text, in small letters.
Json folded_texts(Json value) {
  if (!value.is_array()) return folded(value);
  for (Json& inner : value) inner = folded(inner);
  return value;
}

bool is_in_folded(const Fact& fact, const Json& list) {
  return is_in(fact ? Fact(folded_texts(*fact)) : fact, folded_texts(list));
}

bool has_all(const Fact& fact, const Json& list, const std::function<bool(const Json&, const Json&)>& is) {
  return fact && fact->is_array() && std::all_of(list.begin(), list.end(), [&](const Json& wanted) {
           return any_element(fact, [&](const Json& element) { return is(element, wanted); });
         });
}

bool passes_element(const Json& element, const Json& wanted) {
  return passes(element, wanted);
}

// Texts with texts.
bool passes_folded(const Json& element, const Json& wanted) {
  return wanted.is_string() ? folded(element) == folded(wanted) : passes(element, wanted);
}

std::string type_of(const Fact& fact) {
  if (is_null(fact)) return "null";
  if (fact->is_number()) return "number";
  return fact->type_name();
}

bool compares(const std::string& word, int order) {
  if (word == "eq") return order == 0;
  if (word == "ne") return order != 0;
  if (word == "gt") return order > 0;
  if (word == "gte") return order >= 0;
  return word == "lt" ? order < 0 : order <= 0;
}

// A text in which versions compare: numbers padded, a release after its candidates.
std::string padded_version(const Fact& fact) {
  const bool is_version = fact && (fact->is_string() || fact->is_number());
  std::string text = !is_version ? "" : fact->is_number() ? printed(*fact) : fact->get<std::string>();
  if (text.empty()) text = "0";
  text = text.substr(text[0] == 'v' ? 1 : 0);
  text = text.substr(0, text.find('+'));
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == '.' || c == '-') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() == 3) parts.emplace_back("~");
  std::string padded;
  for (const std::string& part : parts) {
    const bool is_number = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
    if (!padded.empty() || &part != &parts.front()) padded += '-';
    if (is_number && part.size() < 16) padded += std::string(16 - part.size(), ' ');
    padded += part;
  }
  return padded;
}

bool matches_pattern(const Fact& fact, const std::string& pattern, bool ignores_case) {
  if (!fact || !fact->is_string()) return false;
  auto flags = std::regex::ECMAScript;
  if (ignores_case) flags |= std::regex::icase;
  return std::regex_search(fact->get<std::string>(), std::regex(pattern, flags));
}

bool passes_operator(const Fact& fact, const std::string& word, const Json& wanted) {
  if (word == "$eq") return is_strictly(fact, wanted);
  if (word == "$ne") return !is_strictly(fact, wanted);
  if (word == "$in") return is_in(fact, wanted);
  if (word == "$nin") return !is_in(fact, wanted);
  if (word == "$ini") return is_in_folded(fact, wanted);
  if (word == "$nini") return !is_in_folded(fact, wanted);
  if (word == "$exists") return is_null(fact) != wanted.get<bool>();
  if (word == "$not") return !passes(fact, wanted);
  if (word == "$all") return has_all(fact, wanted, passes_element);
  if (word == "$alli") return has_all(fact, wanted, passes_folded);
  if (word == "$regexi") return matches_pattern(fact, wanted.get<std::string>(), true);
  if (word == "$notRegexi") return !matches_pattern(fact, wanted.get<std::string>(), true);
  if (word == "$type") return type_of(fact) == wanted;
  if (word == "$size") return fact && fact->is_array() && passes(Json(fact->size()), wanted);
  if (word == "$elemMatch") {
    return any_element(fact, [&](const Json& element) { return element_passes(element, wanted); });
  }
  if (word[1] == 'v') return compares(word.substr(2), padded_version(fact).compare(padded_version(wanted)));
  const auto order = order_of(fact, wanted);
  return order && compares(word.substr(1), *order);
}

}  // namespace

bool is_true(const Fact& fact) {
  if (is_null(fact)) return false;
  if (fact->is_boolean()) return fact->get<bool>();
  if (fact->is_number()) return fact->get<double>() != 0;
  if (fact->is_string()) return !fact->get<std::string>().empty();
  return true;
}

bool passes(const Fact& fact, const Json& test) {
  if (!is_operators(test)) return is_implicitly(fact, test);
  for (const auto& [word, wanted] : test.items()) {
    if (word == "$options") continue;
    if (word == "$regex" || word == "$notRegex") {
      const bool found = matches_pattern(fact, wanted.get<std::string>(), text_of(test, "$options") == "i");
      if (found != (word == "$regex")) return false;
      continue;
    }
    if (!passes_operator(fact, word, wanted)) return false;
  }
  return true;
}

bool holds_over(const Json& document, const std::function<Fact(const std::string&)>& find) {
  for (const auto& [key, value] : document.items()) {
    if (key == "$not") {
      if (holds_over(value, find)) return false;
    } else if (key == "$and" || key == "$or" || key == "$nor") {
      std::size_t count = 0;
      for (const Json& inner : value) count += holds_over(inner, find) ? 1 : 0;
      const bool any = count > 0 || value.empty();
      if (!(key == "$and" ? count == value.size() : key == "$or" ? any : !any)) return false;
    } else if (!passes(find(key), value)) {
      return false;
    }
  }
  return true;
}

std::optional<double> number_of(const Fact& value) {
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
