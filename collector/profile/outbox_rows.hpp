// The outbox in the profile store: what is to be sent for decisions of server channels, and what became of
// it. One thread, in the caller's transaction.
//
// A row is written in the transaction in which its decision passed the effect gate (fold/effect_gate.hpp),
// together with the reservation fact that caps count. It names its person by the strand of the decision's
// anchor, in ids that outlive merges and rebuilds, so that nothing is rewritten when profiles change.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identity_graph.hpp"
#include "collector/journal/accepted_batch.hpp"

namespace desirepath::collector {

class Connection;

// Closed set; the wire shows the same words.
enum class OutboxState : std::uint8_t {
  waiting,    // to be sent, not before `not_before_ms`
  held,       // the gate stopped it, for `reason`
  withdrawn,  // a refold came to another decision before it was sent
  delivered,  // a receipt says so
  released,   // a receipt says that it failed
  unknown,    // sent or not: it counts as delivered
};
const char* to_string(OutboxState state) noexcept;

// How an outbox names a person: the stream, owner and trust of the anchor event's strand, by public ids.
struct OutboxPerson {
  std::string stream;
  std::string owner;
  Trust trust = Trust::claimed;
};

struct OutboxRow {
  std::int64_t id = 0;      // in the order of writing; 0 before it is there
  std::string decision_id;  // the idempotency key; one row for each of a stream
  OutboxPerson person;
  std::string journey;
  std::string trigger;
  std::string channel;
  std::string destination;
  std::string purpose;    // empty: none
  std::string promise;    // empty: none
  std::string treatment;  // empty: none
  std::string content;    // JSON
  std::int64_t decided_ms = 0;
  std::int64_t not_before_ms = 0;
  OutboxState state = OutboxState::waiting;
  std::string reason;  // of `held`: a decision's reason, or "unproved"
  std::uint32_t attempts = 0;
  std::int64_t next_attempt_ms = 0;
  std::int64_t settled_ms = 0;  // when `state` last changed
};

class OutboxRows {
 public:
  explicit OutboxRows(Connection& connection);
  ~OutboxRows();

  // Writes a row that is not there yet.
  Result<void> insert(const OutboxRow& row);
  // All rows of a decisionId; of different people where senders do not make their messageIds unique.
  Result<std::vector<OutboxRow>> of_decision(std::string_view decision_id);
  Result<void> settle(std::int64_t id, OutboxState state, std::int64_t now_ms);
  // Holds what waits, for a reason that has come up since.
  Result<void> hold(std::int64_t id, std::string_view reason, std::int64_t now_ms);
  // Turns what waits into `unknown`: after a restore nobody knows whether it was sent since the backup.
  Result<std::uint64_t> forget_waiting(std::int64_t now_ms);
  // Rows after `after` in the order of writing; those in `state` alone, where it says one.
  Result<std::vector<OutboxRow>> list(std::int64_t after, std::optional<OutboxState> state,
                                      std::size_t limit);
  // Those of what one stream said of one owner with one trust.
  Result<std::vector<OutboxRow>> of_person(const OutboxPerson& person);
  // Removes those decided before, of the `limit` oldest; how many those were.
  Result<std::uint64_t> remove_before(std::int64_t decided_ms, std::size_t limit);
  // Removes all rows of what one stream sent about one owner, by public ids.
  Result<void> erase(std::string_view stream, std::string_view owner);

 private:
  struct Statements;
  std::unique_ptr<Statements> sql_;
};

}  // namespace desirepath::collector
