// Profiles whose refold waits, in the profile store: an event of theirs came late, and the stream that sent
// it has had more refolded than it may for now. Their events are kept; what is said of them is as it was
// before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identity_graph.hpp"

namespace desirepath::collector {

class Connection;

struct WaitingRefold {
  NodeId profile = 0;
  std::int64_t due_ms = 0;  // wall clock
  std::string stream;       // whose late event it is
};

class WaitingRows {
 public:
  explicit WaitingRows(Connection& connection);
  ~WaitingRows();

  // Takes the profile out of wake-ups too, until it is folded.
  Result<void> add(const WaitingRefold& waiting);
  Result<void> remove(NodeId profile);
  Result<std::optional<WaitingRefold>> of(NodeId profile);
  // Those due, the earliest first.
  Result<std::vector<WaitingRefold>> due(std::int64_t now_ms, std::size_t limit);
  Result<std::uint64_t> count();
  // INT64_MAX where none waits.
  Result<std::int64_t> next_due_ms();

 private:
  struct Statements;
  std::unique_ptr<Statements> sql_;
};

}  // namespace desirepath::collector
