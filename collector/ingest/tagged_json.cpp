#include "collector/ingest/tagged_json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "sdk/engine/limits.hpp"
#include "sdk/engine/value_writer.hpp"

namespace desirepath::collector {

namespace {

constexpr std::size_t kKeysComparedPairwise = 16;

bool write_element(ValueWriter& writer, simdjson::dom::element element);

// Whether a later member has the same key; found by comparing, or by hash where there are many.
class LaterKeys {
 public:
  explicit LaterKeys(const simdjson::dom::object& object) {
    count_ = object.size();
    if (count_ <= kKeysComparedPairwise) return;
    std::size_t at = 0;
    for (const auto& member : object) last_[member.key] = at++;
  }
  bool has(const simdjson::dom::object& object, std::string_view key, std::size_t at) const {
    if (count_ > kKeysComparedPairwise) return last_.at(key) != at;
    std::size_t i = 0;
    for (const auto& member : object) {
      if (i++ > at && member.key == key) return true;
    }
    return false;
  }

 private:
  std::size_t count_ = 0;
  std::unordered_map<std::string_view, std::size_t> last_;
};

bool write_object(ValueWriter& writer, const simdjson::dom::object& object) {
  const LaterKeys later(object);
  writer.open_object();
  std::size_t at = 0;
  for (const auto& member : object) {
    if (later.has(object, member.key, at++)) continue;
    writer.key(member.key);
    if (!write_element(writer, member.value)) return false;
  }
  writer.close();
  return true;
}

bool write_element(ValueWriter& writer, simdjson::dom::element element) {
  switch (element.type()) {
    case simdjson::dom::element_type::NULL_VALUE: writer.null(); return true;
    case simdjson::dom::element_type::BOOL: writer.boolean(element.get_bool().value_unsafe()); return true;
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE: writer.number(element.get_double().value_unsafe()); return true;
    case simdjson::dom::element_type::STRING: writer.string(element.get_string().value_unsafe()); return true;
    case simdjson::dom::element_type::ARRAY: {
      const simdjson::dom::array items = element.get_array().value_unsafe();
      writer.open_array();
      for (const simdjson::dom::element item : items) {
        if (!write_element(writer, item)) return false;
      }
      writer.close();
      return true;
    }
    case simdjson::dom::element_type::OBJECT:
      return write_object(writer, element.get_object().value_unsafe());
  }
  return false;
}

// What simdjson refuses is read once more, slower: it may be an integer of more than 64 bits, which is a
// double here, and otherwise this parser says where the mistake is.
Result<std::vector<std::uint8_t>> parse_slowly(std::string_view json);

void write_json(ValueWriter& writer, const nlohmann::ordered_json& value) {
  switch (value.type()) {
    case nlohmann::ordered_json::value_t::boolean: writer.boolean(value.get<bool>()); break;
    case nlohmann::ordered_json::value_t::number_integer:
    case nlohmann::ordered_json::value_t::number_unsigned:
    case nlohmann::ordered_json::value_t::number_float: writer.number(value.get<double>()); break;
    case nlohmann::ordered_json::value_t::string: writer.string(value.get_ref<const std::string&>()); break;
    case nlohmann::ordered_json::value_t::array:
      writer.open_array();
      for (const auto& item : value) write_json(writer, item);
      writer.close();
      break;
    case nlohmann::ordered_json::value_t::object:
      writer.open_object();
      for (const auto& [key, member] : value.items()) {
        writer.key(key);
        write_json(writer, member);
      }
      writer.close();
      break;
    default: writer.null(); break;
  }
}

// Nesting of brackets outside strings, without recursion: parsers below may recurse.
bool is_too_deep(std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kValueDepthMax) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

Result<std::vector<std::uint8_t>> parse_slowly(std::string_view json) {
  try {
    ValueWriter writer;
    write_json(writer, nlohmann::ordered_json::parse(json));
    return writer.take();
  } catch (const nlohmann::ordered_json::parse_error& error) {
    return failure(ErrorCode::not_json, "not JSON at byte " + std::to_string(error.byte));
  } catch (const nlohmann::ordered_json::exception&) {
    return failure(ErrorCode::not_json, "a number is too large");
  }
}

}  // namespace

Result<std::vector<std::uint8_t>> tagged_from_json(std::string_view json) {
  if (is_too_deep(json)) {
    return failure(ErrorCode::not_json, "nested deeper than " + std::to_string(kValueDepthMax));
  }
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(json.data(), json.size()).get(root) == simdjson::SUCCESS) {
    thread_local ValueWriter writer;
    writer.clear();
    if (write_element(writer, root)) return writer.bytes();
  }
  return parse_slowly(json);
}

namespace {

bool is_written_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char* at = text.data(); at != text.data() + text.size(); ++at) {
    const char* const plain = std::find_if_not(at, text.data() + text.size(), is_written_plain);
    out.append(at, plain);
    at = plain;
    if (at == text.data() + text.size()) break;
    const char c = *at;
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double number) {
  char digits[32];
  constexpr double kExactIntegerMax = 9007199254740992.0;
  const bool is_integer = std::trunc(number) == number && std::fabs(number) <= kExactIntegerMax;
  const auto written = is_integer
                           ? std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(number))
                           : std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, written.ptr);
}

void append_json(std::string& out, const Value& value) {
  switch (value.tag()) {
    case Tag::boolean_true: out += "true"; break;
    case Tag::boolean_false: out += "false"; break;
    case Tag::number: append_json_number(out, value.number()); break;
    case Tag::string: append_json_string(out, value.text()); break;
    case Tag::array:
    case Tag::object: {
      const bool keyed = value.is_object();
      out += keyed ? '{' : '[';
      bool first = true;
      ValueCursor items(value);
      while (items.next()) {
        if (!first) out += ',';
        first = false;
        if (keyed) {
          append_json_string(out, items.key());
          out += ':';
        }
        append_json(out, items.value());
      }
      out += keyed ? '}' : ']';
      break;
    }
    default: out += "null"; break;
  }
}

std::string json_from_tagged(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace desirepath::collector
