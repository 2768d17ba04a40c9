// The suppression list as JSON, and what is wished for it as entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/identity/identifier_rules.hpp"
#include "collector/profile/suppression_rows.hpp"

namespace desirepath::collector {

class ProfileStore;

// {"id","identifier","channel","reason","source","since"}; `identifier` is TYPE:VALUE, null where its person
// was erased; `channel` is null where the entry is of every server channel.
std::string suppression_json(const Suppression& entry);
// [{…},…]
std::string suppressions_json(std::span<const Suppression> entries);

// {"suppressions":[…],"next"}: `limit` entries after entry `after`, in the order of their making; `next` is
// the last one's id, null at the end.
Result<std::string> suppression_list_json(ProfileStore& store, std::int64_t after, std::size_t limit);

// What an operator writes of an entry.
struct SuppressionWish {
  std::string identifier;  // TYPE:VALUE
  std::optional<std::string> channel{};
  std::string reason = "operator";
  std::string source{};
};

// As the list calls the identifier. ErrorCode::bad_request, which says what would be right, for what is no
// TYPE:VALUE of a type the journeys know, `email` or `phone`.
Result<Identifier> contact_of(const IdentifierRules& rules, std::string_view text);
// `now_ms`: since when. Likewise for a channel, reason or source that is no word.
Result<Suppression> make_suppression(const IdentifierRules& rules, const SuppressionWish& wish,
                                     std::int64_t now_ms);

// Entries in one answer of the list, and in one request or transaction that makes them.
inline constexpr std::size_t kSuppressionsDefault = 100;
inline constexpr std::size_t kSuppressionsMax = 1'000;

}  // namespace desirepath::collector
