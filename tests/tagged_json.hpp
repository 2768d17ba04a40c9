// JSON as the tagged values the engine reads.
#pragma once

#include "sdk/compiler/json_source.hpp"
#include "sdk/engine/value_writer.hpp"

namespace desirepath::tests {

inline void write_json(ValueWriter& writer, const compiler::JsonNode& node) {
  if (node.is_null()) writer.null();
  if (node.is_boolean()) writer.boolean(node.boolean);
  if (node.is_number()) writer.number(node.number);
  if (node.is_string()) writer.string(node.text);
  if (node.is_array()) writer.open_array();
  for (const compiler::JsonNode& item : node.items) write_json(writer, item);
  if (node.is_object()) writer.open_object();
  for (const compiler::JsonMember& member : node.members) {
    writer.key(member.key);
    write_json(writer, member.value);
  }
  if (node.is_array() || node.is_object()) writer.close();
}

}  // namespace desirepath::tests
