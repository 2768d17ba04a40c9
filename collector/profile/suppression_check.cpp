#include "collector/profile/suppression_check.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace desirepath::collector {
namespace {

constexpr std::string_view kEmailType = "email";
constexpr std::string_view kPhoneType = "phone";
constexpr double kIntegerExactMax = 9007199254740992.0;  // 2^53

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string text_of(const Value& value) {
  if (value.is_string()) return std::string(value.text());
  if (!value.is_number()) return {};
  const double number = value.number();
  if (std::floor(number) != number || std::fabs(number) >= kIntegerExactMax) return {};
  return std::to_string(static_cast<std::int64_t>(number));
}

void add(std::vector<Identifier>& all, std::optional<Identifier> identifier) {
  if (!identifier || std::find(all.begin(), all.end(), *identifier) != all.end()) return;
  all.push_back(*std::move(identifier));
}

void add_trait(std::vector<Identifier>& all, const IdentifierRules& rules, std::string_view name,
               const TraitRecord& trait) {
  const TraitValue* chosen = trait.chosen();
  if (chosen == nullptr) return;
  const std::string value = text_of(chosen->value());
  for (const IdentifierRule& rule : rules.all()) {
    if (!rule.trait.empty() && rule.trait == name) add(all, contact_identifier(rules, rule.type, value));
  }
  add(all, contact_identifier(rules, name, value));
}

}  // namespace

std::optional<Identifier> contact_identifier(const IdentifierRules& rules, std::string_view type,
                                             std::string_view value) {
  const bool is_address = type == kEmailType || type == kPhoneType;
  std::optional<Identifier> identifier;
  if (rules.find(type) != nullptr || !is_address) {
    identifier = rules.identify(type, value);
  } else {
    IdentifierRules with_addresses = rules;
    IdentifierRule rule;
    rule.type = type;
    rule.trait = type;
    if (!with_addresses.declare(rule)) return std::nullopt;
    identifier = with_addresses.identify(type, value);
  }
  if (identifier && type == kEmailType) {
    std::transform(identifier->value.begin(), identifier->value.end(), identifier->value.begin(), lower);
  }
  return identifier;
}

Result<std::vector<Identifier>> contact_identifiers(ProfileSession& session, const IdentifierRules& rules,
                                                    NodeId profile) {
  std::vector<Identifier> all;
  auto proved = session.identities().is_proved(profile);
  if (!proved) return tl::unexpected(proved.error());
  auto members = session.identities().members(profile);
  if (!members) return tl::unexpected(members.error());
  for (const NodeId member : *members) {
    auto node = session.identities().node(member);
    if (!node) return tl::unexpected(node.error());
    if (*proved && !node->node.proved) continue;
    const Identifier& identifier = node->node.identifier;
    auto contact = contact_identifier(rules, identifier.type, identifier.value);
    add(all, contact ? std::move(contact) : std::optional(identifier));
  }
  auto record = session.profiles().load(profile);
  if (!record) return tl::unexpected(record.error());
  if (!*record) return all;
  for (const auto& [name, trait] : (*record)->traits.all()) {
    if (rules.is_address(name)) add_trait(all, rules, name, trait);
  }
  return all;
}

Result<std::vector<Suppression>> suppressions_of(ProfileSession& session, const IdentifierRules& rules,
                                                 NodeId profile) {
  std::vector<Suppression> all;
  auto any = session.suppressions().any();
  if (!any) return tl::unexpected(any.error());
  if (!*any) return all;
  auto contacts = contact_identifiers(session, rules, profile);
  if (!contacts) return tl::unexpected(contacts.error());
  for (const Identifier& contact : *contacts) {
    auto entries = session.suppressions().of(contact);
    if (!entries) return entries;
    all.insert(all.end(), entries->begin(), entries->end());
  }
  return all;
}

Result<bool> is_suppressed(ProfileSession& session, const IdentifierRules& rules, NodeId profile,
                           std::string_view channel) {
  auto entries = suppressions_of(session, rules, profile);
  if (!entries) return tl::unexpected(entries.error());
  return std::any_of(entries->begin(), entries->end(),
                     [&](const Suppression& entry) { return entry.covers(channel); });
}

}  // namespace desirepath::collector
