#include "collector/reading/suppression_document.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/limits.hpp"
#include "collector/profile/suppression_check.hpp"

namespace desirepath::collector {
namespace {

void add_text(std::string& json, const char* key, std::string_view value) {
  json += key;
  if (value.empty()) {
    json += "null";
  } else {
    append_json_string(json, value);
  }
}

std::string known_types(const IdentifierRules& rules) {
  std::string types = rules.types();
  for (const char* type : {"email", "phone"}) {
    if (rules.find(type) == nullptr) types += std::string(", ") + type;
  }
  return types;
}

bool has_at_sign(std::string_view address) {
  const std::size_t at = address.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < address.size();
}

Result<void> check_word(std::string_view text, const char* name) {
  if (is_suppression_word(text)) return {};
  return failure(ErrorCode::bad_request,
                 std::string(name) + " must be a word of at most " +
                     std::to_string(kSuppressionWordBytesMax) + " letters, digits, '_', '-', '.' and ':'",
                 name);
}

}  // namespace

std::string suppression_json(const Suppression& entry) {
  std::string json = "{\"id\":" + std::to_string(entry.id);
  add_text(json, ",\"identifier\":", entry.identifier ? to_string(*entry.identifier) : std::string());
  add_text(json, ",\"channel\":", entry.channel);
  add_text(json, ",\"reason\":", entry.reason);
  add_text(json, ",\"source\":", entry.source);
  add_text(json, ",\"since\":", format_timestamp(entry.since_ms));
  return json + '}';
}

std::string suppressions_json(std::span<const Suppression> entries) {
  std::string json = "[";
  for (const Suppression& entry : entries) {
    if (json.size() > 1) json += ',';
    json += suppression_json(entry);
  }
  return json + ']';
}

Result<std::string> suppression_list_json(ProfileStore& store, std::int64_t after, std::size_t limit) {
  auto snapshot = store.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  const auto entries = (*snapshot)->suppressions().list(after, limit);
  if (!entries) return tl::unexpected(entries.error());
  const bool more = limit > 0 && entries->size() == limit;
  return "{\"suppressions\":" + suppressions_json(*entries) +
         ",\"next\":" + (more ? std::to_string(entries->back().id) : "null") + '}';
}

Result<Identifier> contact_of(const IdentifierRules& rules, std::string_view text) {
  const std::size_t colon = text.find(':');
  std::optional<Identifier> identifier;
  if (colon != std::string_view::npos) {
    identifier = contact_identifier(rules, text.substr(0, colon), text.substr(colon + 1));
  }
  if (identifier && identifier->type == "email" && !has_at_sign(identifier->value)) {
    return failure(ErrorCode::bad_request, "'" + identifier->value + "' is no e-mail address", "identifier");
  }
  if (identifier) return *std::move(identifier);
  return failure(
      ErrorCode::bad_request,
      "'" + std::string(text) + "' is no TYPE:VALUE that names somebody; types are " + known_types(rules),
      "identifier");
}

Result<Suppression> make_suppression(const IdentifierRules& rules, const SuppressionWish& wish,
                                     std::int64_t now_ms) {
  auto identifier = contact_of(rules, wish.identifier);
  if (!identifier) return tl::unexpected(identifier.error());
  if (wish.channel) {
    if (auto checked = check_word(*wish.channel, "channel"); !checked) return tl::unexpected(checked.error());
    if (*wish.channel == "web") {
      return failure(ErrorCode::bad_request,
                     "the web is no server channel: what a page shows is the page's; leave 'channel' out for "
                     "every server channel",
                     "channel");
    }
  }
  if (auto checked = check_word(wish.reason, "reason"); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_word(wish.source, "source"); !checked) return tl::unexpected(checked.error());
  Suppression entry;
  entry.identifier = *std::move(identifier);
  entry.channel = wish.channel.value_or("");
  entry.reason = wish.reason;
  entry.source = wish.source;
  entry.since_ms = now_ms;
  return entry;
}

}  // namespace desirepath::collector
