// Reads the members of one JSON object by name and type, and complains about every member nobody asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/journey.hpp"

namespace desirepath::compiler {

// Complains of an id that states and decisions cannot carry: with '~' in it, or '#' at its beginning.
void check_id(const Name& id, Diagnostics& diagnostics);

// Each getter names the member once; `finish` reports the members that were never named. `what` is how
// messages call the object, e.g. "trigger 'cart_rescue'". A node that is no object is an error at
// construction and reads as empty.
class ObjectReader {
 public:
  ObjectReader(const JsonNode& node, std::string what, Diagnostics& diagnostics);

  const JsonNode* member(std::string_view key);
  // The member, with an error at the object where it is missing.
  const JsonNode* required(std::string_view key);

  Name text(std::string_view key);
  Name required_text(std::string_view key);
  // A name that stays under this name in states and decisions: without '~', not beginning with '#'.
  Name id(std::string_view key);
  bool flag(std::string_view key, bool fallback);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high);
  double number(std::string_view key, double fallback);
  // In milliseconds, 0 where absent.
  std::int64_t duration(std::string_view key);
  const JsonNode* object(std::string_view key);
  const JsonNode* array(std::string_view key);
  CapSpec cap(std::string_view key);
  std::vector<Name> texts(std::string_view key);

  // A member this version knows of but cannot do: an error, so that nothing is silently left out.
  void refuse(std::string_view key, std::string_view why);
  void finish();

  std::size_t offset() const { return node_.offset; }
  const std::string& what() const { return what_; }

 private:
  const JsonNode* typed(std::string_view key, JsonNode::Kind kind);

  const JsonNode& node_;
  std::string what_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
};

}  // namespace desirepath::compiler
