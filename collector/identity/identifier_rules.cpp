#include "collector/identity/identifier_rules.hpp"

#include <algorithm>
#include <array>

namespace desirepath::collector {
namespace {

constexpr int kPriorityAnonymous = 1000;

constexpr std::array kPlaceholders = {std::string_view(""),
                                      std::string_view("-"),
                                      std::string_view("--"),
                                      std::string_view("_"),
                                      std::string_view("0"),
                                      std::string_view("-1"),
                                      std::string_view("#n/a"),
                                      std::string_view("(none)"),
                                      std::string_view("(not set)"),
                                      std::string_view("[object object]"),
                                      std::string_view("[object undefined]"),
                                      std::string_view("{}"),
                                      std::string_view("[]"),
                                      std::string_view("anonymous"),
                                      std::string_view("anon"),
                                      std::string_view("false"),
                                      std::string_view("true"),
                                      std::string_view("guest"),
                                      std::string_view("infinity"),
                                      std::string_view("n/a"),
                                      std::string_view("na"),
                                      std::string_view("nan"),
                                      std::string_view("nil"),
                                      std::string_view("none"),
                                      std::string_view("not_set"),
                                      std::string_view("null"),
                                      std::string_view("undefined"),
                                      std::string_view("unknown"),
                                      std::string_view("00000000-0000-0000-0000-000000000000")};

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

tl::unexpected<Error> wrong(const std::string& type, const char* what) {
  return failure(ErrorCode::bad_journey, "identifiers." + type + ": " + what, "identifiers." + type);
}

}  // namespace

bool is_placeholder(std::string_view value) {
  value = trimmed(value);
  return std::any_of(kPlaceholders.begin(), kPlaceholders.end(), [&](std::string_view placeholder) {
    return std::equal(placeholder.begin(), placeholder.end(), value.begin(), value.end(),
                      [](char one, char other) { return one == lower(other); });
  });
}

IdentifierRules::IdentifierRules() {
  IdentifierRule user;
  user.type = kUserIdType;
  user.priority = 1;
  user.unique = true;
  IdentifierRule anonymous;
  anonymous.type = kAnonymousIdType;
  anonymous.priority = kPriorityAnonymous;
  rules_ = {user, anonymous};
}

Result<void> IdentifierRules::declare(const IdentifierRule& rule) {
  const IdentifierRule* existing = find(rule.type);
  const bool again = std::find(declared_.begin(), declared_.end(), rule.type) != declared_.end();
  if (again && *existing != rule) return wrong(rule.type, "two journeys declare it differently");
  if (existing == nullptr && rules_.size() >= kIdentifierTypesMax)
    return wrong(rule.type, "too many identifier types");
  if (rule.type.empty() || rule.type == "profile" || rule.type.find_first_of(": \t\n") != std::string::npos) {
    return wrong(rule.type, "is not a name an identifier may have");
  }
  if (rule.priority < 1 || rule.priority > kPriorityAnonymous)
    return wrong(rule.type, "priority must be 1 to 1000");
  if (rule.links_max == 0) return wrong(rule.type, "links_max must be at least 1");
  if (again) return {};
  IdentifierRule added = rule;  // may be one of ours
  std::erase_if(rules_, [&](const IdentifierRule& r) { return r.type == added.type; });
  declared_.push_back(added.type);
  rules_.push_back(std::move(added));
  sort();
  return {};
}

const IdentifierRule* IdentifierRules::find(std::string_view type) const {
  const auto found =
      std::find_if(rules_.begin(), rules_.end(), [&](const IdentifierRule& r) { return r.type == type; });
  return found == rules_.end() ? nullptr : &*found;
}

int IdentifierRules::priority(std::string_view type) const {
  const IdentifierRule* rule = find(type);
  return rule == nullptr ? kPriorityAnonymous + 1 : rule->priority;
}

std::optional<Identifier> IdentifierRules::identify(std::string_view type, std::string_view value) const {
  const IdentifierRule* rule = find(type);
  value = trimmed(value);
  if (rule == nullptr || value.size() > kIdentifierBytesMax || is_placeholder(value)) return std::nullopt;
  Identifier identifier{rule->type, std::string(value)};
  if (rule->normalize == Normalize::lowercase) {
    std::transform(identifier.value.begin(), identifier.value.end(), identifier.value.begin(), lower);
  }
  return identifier;
}

Result<Identifier> IdentifierRules::parse(std::string_view text) const {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    if (auto identifier = identify(text.substr(0, colon), text.substr(colon + 1)))
      return *std::move(identifier);
  }
  return failure(ErrorCode::bad_request,
                 "'" + std::string(text) + "' is no TYPE:VALUE that names somebody; types are " + types());
}

std::string IdentifierRules::types() const {
  std::string names;
  for (const IdentifierRule& rule : rules_) names += (names.empty() ? "" : ", ") + rule.type;
  return names;
}

bool IdentifierRules::is_address(std::string_view trait) const {
  return trait == "email" || trait == "phone" ||
         std::any_of(rules_.begin(), rules_.end(),
                     [&](const IdentifierRule& rule) { return !rule.trait.empty() && rule.trait == trait; });
}

bool IdentifierRules::stronger(const Identifier& one, const Identifier& other) const {
  if (one.type == other.type) return one.value < other.value;
  const int left = priority(one.type);
  const int right = priority(other.type);
  return left != right ? left < right : one.type < other.type;
}

std::string IdentifierRules::fingerprint() const {
  std::string text;
  for (const IdentifierRule& rule : rules_) {
    text += rule.type + '\t' + std::to_string(rule.priority) + '\t' + (rule.unique ? 'u' : '-') +
            (rule.trusted_sources_only ? 't' : '-') + (rule.normalize == Normalize::lowercase ? 'l' : '-') +
            '\t' + rule.trait + '\t' + std::to_string(rule.links_max) + '\n';
  }
  return text;
}

void IdentifierRules::sort() {
  std::sort(rules_.begin(), rules_.end(), [](const IdentifierRule& a, const IdentifierRule& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.type < b.type;
  });
}

}  // namespace desirepath::collector
