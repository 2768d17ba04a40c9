#include "collector/identity/event_identity.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace desirepath::collector {
namespace {

constexpr double kIntegerExactMax = 9007199254740992.0;  // 2^53

// Ids are text; senders that write them as whole numbers mean the same digits.
std::optional<Identifier> identifier_of(const IdentifierRules& rules, std::string_view type,
                                        const Value& value) {
  if (value.is_string()) return rules.identify(type, value.text());
  if (!value.is_number()) return std::nullopt;
  const double number = value.number();
  if (std::floor(number) != number || std::fabs(number) >= kIntegerExactMax) return std::nullopt;
  return rules.identify(type, std::to_string(static_cast<std::int64_t>(number)));
}

Identifier nobody(std::string_view message_id) {
  std::uint32_t hash = 2166136261U;
  for (const char c : message_id) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  constexpr char kDigits[] = "0123456789abcdef";
  return {std::string(kNobodyType), {kDigits[(hash >> 12) & 15], kDigits[(hash >> 8) & 15]}};
}

void add_other(EventIdentity& identity, std::optional<Identifier> other) {
  if (!other || *other == identity.owner) return;
  if (std::find(identity.others.begin(), identity.others.end(), *other) != identity.others.end()) return;
  identity.others.push_back(*std::move(other));
}

}  // namespace

EventIdentity identify_event(const IdentifierRules& rules, const Value& event, std::string_view message_id) {
  EventIdentity identity;
  auto user = identifier_of(rules, kUserIdType, event.at("userId"));
  auto anonymous = identifier_of(rules, kAnonymousIdType, event.at("anonymousId"));
  if (!user && !anonymous) {
    identity.stream = identity.owner = nobody(message_id);
    return identity;
  }
  identity.stream = anonymous ? *anonymous : *user;
  const bool by_user = user && (!anonymous || rules.stronger(*user, *anonymous));
  identity.owner = by_user ? *user : *anonymous;
  add_other(identity, user);
  add_other(identity, anonymous);
  const Value type = event.at("type");
  if (!type.is_string()) return identity;
  if (type.text() == "identify") {
    const Value traits = event.at("traits");
    if (!traits.is_object()) return identity;
    for (const IdentifierRule& rule : rules.all()) {
      if (!rule.trait.empty()) add_other(identity, identifier_of(rules, rule.type, traits.at(rule.trait)));
    }
  } else if (type.text() == "alias" && user) {
    const Value previous = event.at("previousId");
    add_other(identity, identifier_of(rules, kAnonymousIdType, previous));
    if (!rules.find(kUserIdType)->unique) add_other(identity, identifier_of(rules, kUserIdType, previous));
  }
  return identity;
}

}  // namespace desirepath::collector
