#include "sdk/compiler/object_reader.hpp"

#include <algorithm>
#include <cmath>

#include "sdk/compiler/duration.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

void check_id(const Name& id, Diagnostics& diagnostics) {
  if (id.text.find('~') == std::string::npos && id.text.substr(0, 1) != "#") return;
  diagnostics.error(id.offset, "an id must not contain '~' nor begin with '#'");
}

ObjectReader::ObjectReader(const JsonNode& node, std::string what, Diagnostics& diagnostics)
    : node_(node), what_(std::move(what)), diagnostics_(diagnostics) {
  if (!node.is_object()) {
    diagnostics_.error(node.offset, what_ + " must be an object, not " + name_of(node.kind));
  }
}

const JsonNode* ObjectReader::member(std::string_view key) {
  known_.emplace_back(key);
  return node_.find(key);
}

const JsonNode* ObjectReader::required(std::string_view key) {
  const JsonNode* found = member(key);
  if (found == nullptr && node_.is_object()) {
    diagnostics_.error(node_.offset, what_ + " lacks '" + std::string(key) + "'");
  }
  return found;
}

const JsonNode* ObjectReader::typed(std::string_view key, JsonNode::Kind kind) {
  const JsonNode* found = member(key);
  if (found == nullptr || found->kind == kind) return found;
  diagnostics_.error(found->offset, "'" + std::string(key) + "' of " + what_ + " must be " + name_of(kind) +
                                        ", not " + name_of(found->kind));
  return nullptr;
}

Name ObjectReader::text(std::string_view key) {
  const JsonNode* found = typed(key, JsonNode::Kind::string);
  if (found == nullptr) return {};
  if (found->text.empty())
    diagnostics_.error(found->offset, "'" + std::string(key) + "' of " + what_ + " is empty");
  return {found->text, found->offset};
}

Name ObjectReader::required_text(std::string_view key) {
  if (node_.find(key) == nullptr) required(key);
  return text(key);
}

Name ObjectReader::id(std::string_view key) {
  const Name found = text(key);
  check_id(found, diagnostics_);
  return found;
}

bool ObjectReader::flag(std::string_view key, bool fallback) {
  const JsonNode* found = typed(key, JsonNode::Kind::boolean);
  return found == nullptr ? fallback : found->boolean;
}

std::int64_t ObjectReader::integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                                   std::int64_t high) {
  const JsonNode* found = typed(key, JsonNode::Kind::number);
  if (found == nullptr) return fallback;
  if (std::trunc(found->number) != found->number || found->number < static_cast<double>(low) ||
      found->number > static_cast<double>(high)) {
    diagnostics_.error(found->offset, "'" + std::string(key) + "' of " + what_ +
                                          " must be a whole number from " + std::to_string(low) + " to " +
                                          std::to_string(high));
    return fallback;
  }
  return static_cast<std::int64_t>(found->number);
}

double ObjectReader::number(std::string_view key, double fallback) {
  const JsonNode* found = typed(key, JsonNode::Kind::number);
  return found == nullptr ? fallback : found->number;
}

std::int64_t ObjectReader::duration(std::string_view key) {
  const JsonNode* found = typed(key, JsonNode::Kind::string);
  if (found == nullptr) return 0;
  const std::optional<std::int64_t> parsed = parse_duration(found->text);
  if (!parsed) {
    diagnostics_.error(found->offset, "'" + found->text +
                                          "' is no duration; write a whole number and one of ms, s, "
                                          "m, h, d, w, y, such as \"30m\"");
  }
  return parsed.value_or(0);
}

const JsonNode* ObjectReader::object(std::string_view key) {
  return typed(key, JsonNode::Kind::object);
}
const JsonNode* ObjectReader::array(std::string_view key) {
  return typed(key, JsonNode::Kind::array);
}

CapSpec ObjectReader::cap(std::string_view key) {
  const JsonNode* found = object(key);
  if (found == nullptr) return {};
  ObjectReader reader(*found, "'" + std::string(key) + "' of " + what_, diagnostics_);
  reader.required("times");
  reader.required("per");
  const CapSpec cap{static_cast<std::uint32_t>(reader.integer("times", 1, 1, kCapTimesMax)),
                    reader.duration("per")};
  reader.finish();
  return cap;
}

std::vector<Name> ObjectReader::texts(std::string_view key) {
  std::vector<Name> names;
  const JsonNode* found = array(key);
  if (found == nullptr) return names;
  for (const JsonNode& item : found->items) {
    if (item.is_string() && item.text.empty()) {
      diagnostics_.error(item.offset, "a name in '" + std::string(key) + "' of " + what_ + " is empty");
    } else if (item.is_string()) {
      names.push_back({item.text, item.offset});
    } else {
      diagnostics_.error(item.offset, "'" + std::string(key) + "' of " + what_ + " lists strings, not " +
                                          name_of(item.kind));
    }
  }
  return names;
}

void ObjectReader::refuse(std::string_view key, std::string_view why) {
  const JsonNode* found = member(key);
  if (found != nullptr) {
    diagnostics_.error(found->offset,
                       "'" + std::string(key) + "' is not supported by this version: " + std::string(why));
  }
}

void ObjectReader::finish() {
  for (const JsonMember& entry : node_.members) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    diagnostics_.error(entry.offset,
                       "unknown key '" + entry.key + "' in " + what_ + did_you_mean(entry.key, known_));
  }
}

}  // namespace desirepath::compiler
