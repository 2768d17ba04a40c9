#include "collector/ingest/schema_reader.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "collector/ingest/linear_pattern.hpp"

namespace desirepath::collector {
namespace {

using compiler::Diagnostics;
using compiler::JsonMember;
using compiler::JsonNode;
using nlohmann::json;

constexpr std::string_view kDefinitions = "#/definitions/";
constexpr int kSchemaDepthMax = 32;

enum class Holds { value, schema, schema_or_schemas, schemas, named_schemas, named_dependencies, nothing };

struct Keyword {
  std::string_view name;
  Holds holds;
};

// What `Holds::nothing` says is for readers.
constexpr Keyword kKeywords[] = {
    {"type", Holds::value},
    {"enum", Holds::value},
    {"const", Holds::value},
    {"required", Holds::value},
    {"minProperties", Holds::value},
    {"maxProperties", Holds::value},
    {"minItems", Holds::value},
    {"maxItems", Holds::value},
    {"minLength", Holds::value},
    {"maxLength", Holds::value},
    {"minimum", Holds::value},
    {"maximum", Holds::value},
    {"exclusiveMinimum", Holds::value},
    {"exclusiveMaximum", Holds::value},
    {"multipleOf", Holds::value},
    {"pattern", Holds::value},
    {"format", Holds::value},
    {"$ref", Holds::value},
    {"additionalProperties", Holds::schema},
    {"propertyNames", Holds::schema},
    {"additionalItems", Holds::schema},
    {"contains", Holds::schema},
    {"not", Holds::schema},
    {"if", Holds::schema},
    {"then", Holds::schema},
    {"else", Holds::schema},
    {"items", Holds::schema_or_schemas},
    {"allOf", Holds::schemas},
    {"anyOf", Holds::schemas},
    {"oneOf", Holds::schemas},
    {"properties", Holds::named_schemas},
    {"definitions", Holds::named_schemas},
    {"dependencies", Holds::named_dependencies},
    {"$schema", Holds::nothing},
    {"$id", Holds::nothing},
    {"$comment", Holds::nothing},
    {"title", Holds::nothing},
    {"description", Holds::nothing},
    {"default", Holds::nothing},
    {"examples", Holds::nothing},
    {"readOnly", Holds::nothing},
    {"writeOnly", Holds::nothing},
};

struct Format {
  std::string_view name;
  std::string_view pattern;
};

constexpr Format kFormats[] = {
    {"date", "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"},
    {"time",
     "^([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"},
    {"date-time",
     "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
     "(\\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"},
    {"email", "^[^@\\s]+@[^@\\s]+$"},
    {"uri", "^[A-Za-z][A-Za-z0-9+.-]*:[^\\s]+$"},
    {"uuid", "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"},
    {"ipv4",
     "^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$"},
};

class SchemaReader {
 public:
  SchemaReader(std::string_view text, const JsonNode& root, Diagnostics& diagnostics)
      : text_(text), root_(root), diagnostics_(diagnostics) {}

  json run() {
    json schema = read(root_, 0);
    for (const auto& [name, references] : references_) {
      if (leads_to(name, name, {})) {
        diagnostics_.error(root_.offset, "definition '" + name + "' leads back to itself; write it out");
        break;
      }
    }
    return schema;
  }

 private:
  json value_of(const JsonNode& node) const {
    return json::parse(compiler::compact_json(text_, node), nullptr, false);
  }

  json read(const JsonNode& node, int depth) {
    if (node.is_boolean()) return node.boolean;
    if (!node.is_object()) {
      diagnostics_.error(node.offset, std::string("a schema is an object, this is ") + name_of(node.kind));
      return json::object();
    }
    if (depth > kSchemaDepthMax) {
      diagnostics_.error(node.offset, "the schema is nested too deep; use definitions");
      return json::object();
    }
    json out = json::object();
    for (const JsonMember& member : node.members) read_member(member, depth, out);
    return out;
  }

  void read_member(const JsonMember& member, int depth, json& out) {
    const auto* known = std::find_if(std::begin(kKeywords), std::end(kKeywords),
                                     [&](const Keyword& keyword) { return keyword.name == member.key; });
    if (known == std::end(kKeywords)) return unknown(member);
    switch (known->holds) {
      case Holds::nothing: return;
      case Holds::value: return read_value(member, out);
      case Holds::schema: out[member.key] = read(member.value, depth + 1); return;
      case Holds::schema_or_schemas:
        out[member.key] =
            member.value.is_array() ? read_list(member.value, depth) : read(member.value, depth + 1);
        return;
      case Holds::schemas: out[member.key] = read_list(member.value, depth); return;
      case Holds::named_schemas: return read_named(member, depth, false, out);
      case Holds::named_dependencies: return read_named(member, depth, true, out);
    }
  }

  void unknown(const JsonMember& member) {
    if (member.key == "uniqueItems" || member.key == "patternProperties") {
      diagnostics_.error(member.offset, "'" + member.key +
                                            "' is not checked here, because an event could make it slow; "
                                            "leave it out");
      return;
    }
    std::vector<std::string> names;
    for (const Keyword& keyword : kKeywords) names.emplace_back(keyword.name);
    diagnostics_.error(member.offset, "'" + member.key + "' is no keyword of JSON Schema draft 7" +
                                          compiler::did_you_mean(member.key, names));
  }

  json read_list(const JsonNode& node, int depth) {
    json out = json::array();
    if (!node.is_array() || node.items.empty()) {
      diagnostics_.error(node.offset, "this must be a list of schemas");
      return out;
    }
    for (const JsonNode& item : node.items) out.push_back(read(item, depth + 1));
    return out;
  }

  void read_named(const JsonMember& member, int depth, bool lists_too, json& out) {
    json& into = out[member.key] = json::object();
    if (!member.value.is_object()) {
      diagnostics_.error(member.value.offset, "'" + member.key + "' must be an object of schemas");
      return;
    }
    const bool defines = member.key == "definitions" && depth == 0;
    for (const JsonMember& named : member.value.members) {
      if (defines) definition_ = named.key;
      into[named.key] =
          lists_too && named.value.is_array() ? value_of(named.value) : read(named.value, depth + 1);
      if (defines) definition_.clear();
    }
  }

  void read_value(const JsonMember& member, json& out) {
    if (member.key == "pattern") return read_pattern(member, out);
    if (member.key == "format") return read_format(member, out);
    if (member.key == "$ref") return read_reference(member, out);
    out[member.key] = value_of(member.value);
  }

  void read_pattern(const JsonMember& member, json& out) {
    if (!member.value.is_string()) return diagnostics_.error(member.value.offset, "'pattern' must be a text");
    if (const auto compiled = LinearPattern::compile(member.value.text); !compiled) {
      return diagnostics_.error(member.value.offset, "'pattern': " + compiled.error());
    }
    out[kPatternKeyword] = member.value.text;
  }

  void read_format(const JsonMember& member, json& out) {
    std::vector<std::string> names;
    for (const Format& format : kFormats) {
      if (member.value.is_string() && member.value.text == format.name) {
        out[kFormatKeyword] = {std::string(format.name), std::string(format.pattern)};
        return;
      }
      names.emplace_back(format.name);
    }
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    diagnostics_.error(member.value.offset, "this format is not checked; there are " + known);
  }

  void read_reference(const JsonMember& member, json& out) {
    const std::string& to = member.value.text;
    const JsonNode* definitions = root_.find("definitions");
    const std::string name = to.starts_with(kDefinitions) ? to.substr(kDefinitions.size()) : std::string();
    if (!member.value.is_string() || name.empty() || name.find_first_of("/~%") != std::string::npos) {
      return diagnostics_.error(
          member.value.offset,
          "'$ref' names a definition of this schema, as \"#/definitions/NAME\"; nothing is "
          "read from elsewhere");
    }
    if (definitions == nullptr || definitions->find(name) == nullptr) {
      return diagnostics_.error(member.value.offset, "there is no definition '" + name + "'");
    }
    references_[definition_].push_back(name);
    out["$ref"] = to;
  }

  // Whether following references from `from` comes to `to`.
  bool leads_to(const std::string& from, const std::string& to, std::vector<std::string> seen) const {
    const auto found = references_.find(from);
    if (found == references_.end() || std::find(seen.begin(), seen.end(), from) != seen.end()) return false;
    seen.push_back(from);
    return std::any_of(found->second.begin(), found->second.end(),
                       [&](const std::string& next) { return next == to || leads_to(next, to, seen); });
  }

  const std::string_view text_;
  const JsonNode& root_;
  Diagnostics& diagnostics_;
  std::string definition_;  // the one that is being read
  std::map<std::string, std::vector<std::string>> references_;
};

}  // namespace

nlohmann::json read_schema(std::string_view text, const compiler::JsonNode& node,
                           compiler::Diagnostics& diagnostics) {
  return SchemaReader(text, node, diagnostics).run();
}

}  // namespace desirepath::collector
