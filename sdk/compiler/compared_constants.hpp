// The largest number each behavior is compared with anywhere in a journey.
#pragma once

#include <algorithm>
#include <map>
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

 private:
  void visit(const JsonNode& node) {
    for (const JsonNode& item : node.items) visit(item);
    for (const JsonMember& member : node.members) {
      constexpr std::string_view kPrefix = "behaviors.";
      if (member.key.rfind(kPrefix, 0) == 0) collect(member.key.substr(kPrefix.size()), member.value);
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
};

}  // namespace desirepath::compiler
