// What a journey wants to know of each count, by the fact's word ("behaviors.views", "asked.email"): the
// largest number it is compared with anywhere, or all of it.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "sdk/compiler/json_source.hpp"
#include "sdk/engine/number.hpp"

namespace desirepath::compiler {

class ComparedConstants {
 public:
  explicit ComparedConstants(const JsonNode& root) { visit(root); }
  // -1 where there is none.
  double largest(const std::string& fact) const {
    const auto found = largest_.find(fact);
    return found == largest_.end() ? -1 : found->second;
  }
  // Whether something reads the number itself: a term of a model, a date.
  bool is_read_whole(const std::string& fact) const { return read_whole_.count(fact) != 0; }

 private:
  static bool is_count(std::string_view fact) {
    return fact.rfind("behaviors.", 0) == 0 || fact.rfind("asked.", 0) == 0;
  }
  void visit(const JsonNode& node) {
    for (const JsonNode& item : node.items) visit(item);
    for (const JsonMember& member : node.members) {
      if (is_count(member.key)) collect(member.key, member.value);
      if (member.key == "fact" && is_count(member.value.text)) read_whole_.insert(member.value.text);
      visit(member.value);
    }
  }
  void collect(const std::string& fact, const JsonNode& node) {
    const ParsedNumber number =
        node.is_string() ? parse_number(node.text) : ParsedNumber{node.is_number(), node.number};
    if (number.ok) {
      const auto [entry, is_new] = largest_.emplace(fact, number.value);
      if (!is_new) entry->second = std::max(entry->second, number.value);
    }
    for (const JsonNode& item : node.items) collect(fact, item);
    for (const JsonMember& member : node.members) collect(fact, member.value);
  }

  std::map<std::string, double> largest_;
  std::set<std::string> read_whole_;
};

}  // namespace desirepath::compiler
