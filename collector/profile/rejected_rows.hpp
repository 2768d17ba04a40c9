// Rejected events in the profile store: kept with their reason until they are replayed, discarded or too old.
//
// A table of its own, bounded in number, bytes and age, of which the oldest go first. Ids rise and are never
// used twice. The fold writes it in its transaction, so that a rejected event, its replay and the mark of
// that are each there once or not at all.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/journal/accepted_batch.hpp"

namespace desirepath::collector {

class Connection;

struct RejectedBounds {
  std::int64_t count_max = 10'000;
  std::int64_t bytes_max = 32'000'000;  // of the events' JSON
  std::chrono::milliseconds age_max = std::chrono::hours(24 * 30);
};

struct RejectedRecord {
  std::int64_t id = 0;
  std::int64_t received_at_ms = 0;
  std::string source;
  Trust trust = Trust::claimed;
  RejectedEvent event;
  std::optional<RejectedMark> mark;  // what became of it
};

// What a list is to hold; empty texts and 0 mean all.
struct RejectedFilter {
  std::string code;
  std::string event;
  std::string source;
  std::int64_t since_ms = 0;  // received then or later
  bool with_settled = false;  // also those that were replayed
};

class RejectedRows {
 public:
  explicit RejectedRows(Connection& connection);
  ~RejectedRows();

  // The rejected events of a batch, and what became of earlier ones.
  Result<void> keep(const AcceptedBatch& batch);
  // Removes what is beyond the bounds, the oldest first; `now_ms` is the wall clock. How many of them nobody
  // had replayed.
  Result<std::uint64_t> prune(const RejectedBounds& bounds, std::int64_t now_ms);

  // By id after `after`, at most `limit`.
  Result<std::vector<RejectedRecord>> list(const RejectedFilter& filter, std::int64_t after,
                                           std::size_t limit);
  Result<std::optional<RejectedRecord>> find(std::int64_t id);

  // Those in which a string is this text, whatever the case of its letters; by id after `after`.
  Result<std::vector<RejectedRecord>> naming(std::string_view text, std::int64_t after, std::size_t limit);
  // Removes those in which a string is this text, whatever the case of its letters; for erasure. How many
  // there were.
  Result<std::uint64_t> erase_naming(std::string_view text);

 private:
  struct Statements;
  Result<void> insert(const AcceptedBatch& batch, const RejectedEvent& event);
  Result<void> settle(const RejectedMark& mark);
  Connection& connection_;
  std::unique_ptr<Statements> sql_;
};

}  // namespace desirepath::collector
