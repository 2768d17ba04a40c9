// What a journey wants to know of each behavior: the largest number it is compared with anywhere, or all of
// it.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "sdk/compiler/json_source.hpp"

namespace desirepath::compiler {

class ComparedConstants {
 public:
  explicit ComparedConstants(const JsonNode& root) { visit(root); }
  // -1 where there is none.
  double largest(const std::string& behavior) const {
    const auto found = largest_.find(behavior);
    return found == largest_.end() ? -1 : found->second;
  }
  // Whether something reads the number itself: a term of a model, a date.
  bool is_read_whole(const std::string& behavior) const { return read_whole_.count(behavior) != 0; }

 private:
  static constexpr std::string_view kPrefix = "behaviors.";

  void visit(const JsonNode& node) {
    for (const JsonNode& item : node.items) visit(item);
    for (const JsonMember& member : node.members) {
      if (member.key.rfind(kPrefix, 0) == 0) collect(member.key.substr(kPrefix.size()), member.value);
      if (member.key == "fact" && member.value.text.rfind(kPrefix, 0) == 0) {
        read_whole_.insert(member.value.text.substr(kPrefix.size()));
      }
      visit(member.value);
    }
  }
  void collect(const std::string& behavior, const JsonNode& node) {
    if (node.is_number()) {
      const auto [entry, is_new] = largest_.emplace(behavior, node.number);
      if (!is_new) entry->second = std::max(entry->second, node.number);
    }
    for (const JsonNode& item : node.items) collect(behavior, item);
    for (const JsonMember& member : node.members) collect(behavior, member.value);
  }

  std::map<std::string, double> largest_;
  std::set<std::string> read_whole_;
};

}  // namespace desirepath::compiler
