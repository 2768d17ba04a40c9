#include "sdk/compiler/json_source.hpp"

#include <cstdio>
#include <cstdlib>

namespace desirepath::compiler {

namespace {

void write_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (byte >= 0x20) {
      out += c;
    } else {
      char escape[7];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      out += escape;
    }
  }
  out += '"';
}

void write_compact(std::string& out, std::string_view source, const JsonNode& node) {
  const char* separator = "";
  switch (node.kind) {
    case JsonNode::Kind::string: write_text(out, node.text); break;
    case JsonNode::Kind::array:
      out += '[';
      for (const JsonNode& item : node.items) {
        out += separator;
        write_compact(out, source, item);
        separator = ",";
      }
      out += ']';
      break;
    case JsonNode::Kind::object:
      out += '{';
      for (const JsonMember& member : node.members) {
        out += separator;
        write_text(out, member.key);
        out += ':';
        write_compact(out, source, member.value);
        separator = ",";
      }
      out += '}';
      break;
    default: out += source.substr(node.offset, node.end - node.offset);
  }
}

}  // namespace

const JsonNode* JsonNode::find(std::string_view key) const {
  for (const JsonMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

const char* name_of(JsonNode::Kind kind) {
  switch (kind) {
    case JsonNode::Kind::null: return "null";
    case JsonNode::Kind::boolean: return "a boolean";
    case JsonNode::Kind::number: return "a number";
    case JsonNode::Kind::string: return "a string";
    case JsonNode::Kind::array: return "an array";
    case JsonNode::Kind::object: return "an object";
  }
  return "a value";
}

std::size_t offset_in_string(std::string_view source, const JsonNode& string, std::size_t index) {
  std::size_t at = string.offset + 1;
  for (std::size_t passed = 0; at + 1 < string.end;) {
    std::size_t source_bytes = 1;
    std::size_t text_bytes = 1;
    if (source[at] == '\\') {
      source_bytes = 2;
      if (source[at + 1] == 'u') {
        const unsigned long unit = std::strtoul(std::string(source.substr(at + 2, 4)).c_str(), nullptr, 16);
        const bool is_half = unit >= 0xd800 && unit < 0xe000;
        source_bytes = is_half ? 12 : 6;
        text_bytes = is_half ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
      }
    }
    if (passed + text_bytes > index) break;
    passed += text_bytes;
    at += source_bytes;
  }
  return at;
}

std::string compact_json(std::string_view text, const JsonNode& node) {
  std::string out;
  write_compact(out, text, node);
  return out;
}

}  // namespace desirepath::compiler
