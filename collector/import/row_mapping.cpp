#include "collector/import/row_mapping.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "collector/ingest/tagged_json.hpp"
#include "sdk/engine/number.hpp"

namespace desirepath::collector {
namespace {

using Json = nlohmann::ordered_json;

tl::unexpected<Error> wrong(std::string message) {
  return failure(ErrorCode::bad_file, std::move(message));
}

std::optional<std::size_t> column_index(std::span<const std::string> columns, std::string_view name) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

tl::unexpected<Error> no_column(std::string_view name, std::span<const std::string> columns) {
  std::string known;
  for (const std::string& column : columns) known += (known.empty() ? "" : ", ") + column;
  return wrong("there is no column '" + std::string(name) + "'; the file has " + known);
}

enum class Kind : std::uint8_t { constant, object, array, column, text };
enum class As : std::uint8_t { text, number, boolean };

}  // namespace

struct RowMapping::Node {
  Kind kind = Kind::constant;
  std::string constant;  // JSON
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> members;
  std::size_t column = 0;
  std::string column_name;
  As as = As::text;
  std::map<std::string, std::string> rename;
  std::vector<std::pair<std::string, std::optional<std::size_t>>> pieces;  // text, then a column

  // Appends the value; false, and nothing appended, when an empty column leaves it out.
  Result<bool> append(std::string& out, std::span<const std::string> fields) const {
    switch (kind) {
      case Kind::constant: out += constant; return true;
      case Kind::object:
      case Kind::array: return append_members(out, fields);
      case Kind::column: return append_column(out, fields);
      case Kind::text: break;
    }
    std::string text;
    for (const auto& [before, piece_column] : pieces) {
      text += before;
      if (!piece_column) continue;
      if (fields[*piece_column].empty()) return false;
      text += fields[*piece_column];
    }
    append_json_string(out, text);
    return true;
  }

  Result<bool> append_members(std::string& out, std::span<const std::string> fields) const {
    const std::size_t start = out.size();
    bool any = false;
    out += kind == Kind::object ? '{' : '[';
    for (const auto& [key, member] : members) {
      const std::size_t before = out.size();
      if (any) out += ',';
      if (kind == Kind::object) {
        append_json_string(out, key);
        out += ':';
      }
      auto appended = member->append(out, fields);
      if (!appended) return appended;
      if (*appended) {
        any = true;
      } else {
        out.resize(before);
      }
    }
    out += kind == Kind::object ? '}' : ']';
    if (!any) out.resize(start);
    return any;
  }

  Result<bool> append_column(std::string& out, std::span<const std::string> fields) const {
    std::string_view text = fields[column];
    if (const auto renamed = rename.find(std::string(text)); renamed != rename.end()) text = renamed->second;
    if (text.empty()) return false;
    if (as == As::text) {
      append_json_string(out, text);
    } else if (as == As::number) {
      const ParsedNumber number = parse_number(text);
      if (!number.ok) return wrong("column " + column_name + ": '" + std::string(text) + "' is not a number");
      append_json_number(out, number.value);
    } else if (text == "true" || text == "false" || text == "1" || text == "0") {
      out += text == "true" || text == "1" ? "true" : "false";
    } else {
      return wrong("column " + column_name + ": '" + std::string(text) + "' is not true or false");
    }
    return true;
  }
};

RowMapping::RowMapping(std::unique_ptr<Node> root) : root_(std::move(root)) {}
RowMapping::~RowMapping() = default;
RowMapping::RowMapping(RowMapping&&) noexcept = default;
RowMapping& RowMapping::operator=(RowMapping&&) noexcept = default;

Result<std::unique_ptr<RowMapping::Node>> RowMapping::read_text(const std::string& text,
                                                                std::span<const std::string> columns) {
  auto node = std::make_unique<Node>();
  node->kind = Kind::text;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = text.find("${", at);
    if (open == std::string::npos) break;
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) return wrong("'" + text + "': ${ is not closed");
    const std::string name = text.substr(open + 2, close - open - 2);
    const auto column = column_index(columns, name);
    if (!column) return no_column(name, columns);
    node->pieces.emplace_back(text.substr(at, open - at), column);
    at = close + 1;
  }
  node->pieces.emplace_back(text.substr(at), std::nullopt);
  return node;
}

Result<std::unique_ptr<RowMapping::Node>> RowMapping::read_column(const Json& json,
                                                                  std::span<const std::string> columns) {
  auto node = std::make_unique<Node>();
  node->kind = Kind::column;
  for (const auto& [key, value] : json.items()) {
    if (key == "$column" && value.is_string()) {
      node->column_name = value.get<std::string>();
      const auto column = column_index(columns, node->column_name);
      if (!column) return no_column(node->column_name, columns);
      node->column = *column;
    } else if (key == "as" && (value == "text" || value == "number" || value == "boolean")) {
      node->as = value == "number" ? As::number : value == "boolean" ? As::boolean : As::text;
    } else if (key == "rename" && value.is_object()) {
      for (const auto& [from, to] : value.items()) {
        if (!to.is_string()) return wrong("rename '" + from + "': must be a text");
        node->rename[from] = to.get<std::string>();
      }
    } else {
      return wrong("'" + key + "' beside $column is unknown or of the wrong kind; known are as, rename");
    }
  }
  return node;
}

Result<std::unique_ptr<RowMapping::Node>> RowMapping::read_node(const Json& json,
                                                                std::span<const std::string> columns) {
  if (json.is_string()) return read_text(json.get<std::string>(), columns);
  if (json.is_object() && json.contains("$column")) return read_column(json, columns);
  auto node = std::make_unique<Node>();
  if (json.is_object() || json.is_array()) {
    node->kind = json.is_object() ? Kind::object : Kind::array;
    for (const auto& [key, value] : json.items()) {
      auto member = read_node(value, columns);
      if (!member) return member;
      node->members.emplace_back(key, *std::move(member));
    }
  } else {
    node->constant = json.dump();
  }
  return node;
}

Result<RowMapping> RowMapping::parse(std::string_view text, std::span<const std::string> columns) {
  Json json;
  try {
    json = Json::parse(text, nullptr, true, true);
  } catch (const Json::exception& error) {
    return wrong(std::string("not JSON: ") + error.what());
  }
  if (!json.is_object() || !json.contains("event") || !json["event"].is_object()) {
    return wrong("a mapping is an object with \"schema\" and \"event\", the event with places for columns");
  }
  for (const auto& [key, value] : json.items()) {
    if (key == "schema") {
      if (value != "desirepath/map/1") return wrong("schema must be \"desirepath/map/1\"");
    } else if (key != "event") {
      return wrong("'" + key + "' is unknown; known are schema, event");
    }
  }
  auto root = read_node(json["event"], columns);
  if (!root) return tl::unexpected(root.error());
  return RowMapping(*std::move(root));
}

RowMapping RowMapping::plain(std::span<const std::string> columns) {
  constexpr std::string_view kOwn[] = {"type", "event", "userId", "anonymousId", "messageId", "timestamp"};
  auto root = std::make_unique<Node>();
  root->kind = Kind::object;
  auto properties = std::make_unique<Node>();
  properties->kind = Kind::object;
  if (!column_index(columns, "type")) {
    auto type = std::make_unique<Node>();
    type->constant = "\"track\"";
    root->members.emplace_back("type", std::move(type));
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    auto node = std::make_unique<Node>();
    node->kind = Kind::column;
    node->column = i;
    node->column_name = columns[i];
    const bool own = std::find(std::begin(kOwn), std::end(kOwn), columns[i]) != std::end(kOwn);
    (own ? root : properties)->members.emplace_back(columns[i], std::move(node));
  }
  root->members.emplace_back("properties", std::move(properties));
  return RowMapping(std::move(root));
}

Result<std::string> RowMapping::event_json(std::span<const std::string> fields) const {
  std::string out;
  auto appended = root_->append(out, fields);
  if (!appended) return tl::unexpected(appended.error());
  if (!*appended) return wrong("nothing but empty columns");
  return out;
}

}  // namespace desirepath::collector
