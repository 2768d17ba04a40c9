// JSON with its places in the source: every key and value knows its byte offset. Comments are allowed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/diagnostic.hpp"

namespace desirepath::compiler {

struct JsonMember;

struct JsonNode {
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  std::size_t offset = 0;  // of the first byte
  std::size_t end = 0;     // past the last byte
  bool boolean = false;
  double number = 0;
  std::string text;
  std::vector<JsonNode> items;      // of an array
  std::vector<JsonMember> members;  // of an object, in source order

  bool is_object() const { return kind == Kind::object; }
  bool is_array() const { return kind == Kind::array; }
  bool is_string() const { return kind == Kind::string; }
  bool is_number() const { return kind == Kind::number; }
  bool is_boolean() const { return kind == Kind::boolean; }
  bool is_null() const { return kind == Kind::null; }

  // The member's value, null where there is none.
  const JsonNode* find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  std::size_t offset = 0;  // of the key
  JsonNode value;
};

// "an object", "a number", … for messages.
const char* name_of(JsonNode::Kind kind);

// Parses `text`: JSON with // and /* */ comments. Mistakes go to `diagnostics`, repeated keys too; null when
// it is not JSON, of which the first mistake is told.
std::unique_ptr<JsonNode> parse_json(std::string_view text, Diagnostics& diagnostics);

// The node's source as compact JSON without comments.
std::string compact_json(std::string_view text, const JsonNode& node);

}  // namespace desirepath::compiler
