// The suppression list in the profile store: identifiers that must never be contacted.
//
// An entry lies under the keyed hash of its identifier (tombstones.hpp), with the identifier readable beside
// it. An erasure takes the readable part away and leaves the hash: whoever asked never to be written to, and
// then to be forgotten, is not written to when the address comes back. One thread, in the caller's
// transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identifier.hpp"
#include "collector/profile/tombstones.hpp"

namespace desirepath::collector {

class Connection;

struct Suppression {
  std::int64_t id = 0;                   // rises, never used twice; 0 before it is there
  std::optional<Identifier> identifier;  // none: of somebody who was erased since
  std::string channel;                   // empty: every server channel
  std::string reason;                    // a word of the operator's, e.g. "unsubscribed"
  std::string source;                    // who entered it
  std::int64_t since_ms = 0;             // when it was entered first

  bool covers(std::string_view asked) const { return channel.empty() || channel == asked; }
};

// A channel, reason or source of an entry as it may be stored: at most kSuppressionWordBytesMax letters,
// digits, '_', '-', '.' and ':'.
bool is_suppression_word(std::string_view text);

class SuppressionRows {
 public:
  explicit SuppressionRows(Connection& connection);
  ~SuppressionRows();

  // Whether there is any entry: almost nobody's question needs more.
  Result<bool> any();
  // Enters it, or says anew what an entry of the same identifier and channel says; `since_ms` of the first
  // stays. The identifier must be there.
  Result<void> add(const Suppression& entry);
  // Of one channel, where it names one (empty: the entry of every channel), else all of the identifier's; how
  // many there were.
  Result<std::uint64_t> remove(const Identifier& identifier, const std::optional<std::string>& channel);
  // Those of one identifier.
  Result<std::vector<Suppression>> of(const Identifier& identifier);
  // By id after `after`.
  Result<std::vector<Suppression>> list(std::int64_t after, std::size_t limit);
  // Leaves the hash alone, for erasure.
  Result<void> forget_name(const Identifier& identifier);

 private:
  struct Statements;
  Result<KeyedHash> hash(const Identifier& identifier);
  std::unique_ptr<Statements> sql_;
  std::string key_;  // the directory's; read when first needed
};

}  // namespace desirepath::collector
