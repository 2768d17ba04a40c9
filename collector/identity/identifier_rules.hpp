// Which identifier types there are, how their values are normalised and what they may do. A value type;
// immutable in use, safe to share.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identifier.hpp"
#include "collector/identity/limits.hpp"

namespace desirepath::collector {

enum class Normalize : std::uint8_t { trim, lowercase };  // lowercase trims as well; ASCII letters only

struct IdentifierRule {
  std::string type;
  int priority = 100;                 // smaller is stronger: it names the profile and wins conflicts
  bool unique = false;                // a profile holds at most one value of it
  bool trusted_sources_only = false;  // claimed links of it are turned off
  Normalize normalize = Normalize::trim;
  std::string trait{};  // identify trait that carries it; empty for userId and anonymousId
  std::size_t links_max = kLinksMaxDefault;

  friend bool operator==(const IdentifierRule&, const IdentifierRule&) = default;
};

class IdentifierRules {
 public:
  // userId (unique, priority 1) and anonymousId (the weakest), as where no journey says more.
  IdentifierRules();

  // Adds what a journey declares; userId and anonymousId may be declared anew. A type that another journey
  // has declared must be declared alike. `bad_journey` otherwise, and for a name that is empty, `profile` or
  // has spaces or colons, a priority outside 1…1000, no room for links, and more than kIdentifierTypesMax
  // types.
  Result<void> declare(const IdentifierRule& rule);

  // Null where the type is not declared.
  const IdentifierRule* find(std::string_view type) const;
  // Priority of a type that may have been declared by an earlier journey only: then weaker than any declared.
  int priority(std::string_view type) const;
  std::span<const IdentifierRule> all() const { return rules_; }  // by priority, then type

  // The identifier that `value` names: normalised, or nothing when it is empty, too long, a placeholder
  // (null, undefined, anonymous, 0, …) or of an undeclared type.
  std::optional<Identifier> identify(std::string_view type, std::string_view value) const;

  // The same of a TYPE:VALUE; `bad_request` that names the types where it identifies nobody.
  Result<Identifier> parse(std::string_view text) const;
  // "userId, email, anonymousId", for messages.
  std::string types() const;

  // Whether a trait is an address somebody is reached at: `email` and `phone`, and what carries an
  // identifier.
  bool is_address(std::string_view trait) const;

  // Order of strength: priority, then type, then value. The smallest identifier of a profile names it.
  bool stronger(const Identifier& one, const Identifier& other) const;

  // Text that changes when any rule changes; kept with the data to know when all of identity must be resolved
  // anew.
  std::string fingerprint() const;

 private:
  void sort();
  std::vector<IdentifierRule> rules_;
  std::vector<std::string> declared_;  // types a journey has declared
};

// Values that programs send when they know nobody: they never identify. Compared without regard to case.
bool is_placeholder(std::string_view value);

}  // namespace desirepath::collector
