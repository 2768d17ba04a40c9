// The triggers whose occasion came in one instant, from all that brought them, in one order of rank.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/limits.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/wait.hpp"

namespace desirepath {

struct Candidate {
  std::int64_t trigger = -1;  // -1: there is none
  std::string_view anchor;    // messageId of the event it goes back to
  bool has_waited = false;    // its wait ran out; the anchor points into the state
};

// A merge of lists that are each sorted by rank. A trigger has one occasion, so it is in one of them at most.
class Candidates {
 public:
  explicit Candidates(const Program& program) noexcept : program_(program) {}

  // Triggers of section lists, by rank; `anchor` must outlive this object.
  void add(format::Range triggers, std::string_view anchor) noexcept {
    if (triggers.begin < triggers.end && count_ < kListsMax) {
      ranks_[count_] = rank_at(triggers.begin);
      lists_[count_++] = {triggers, anchor};
    }
  }
  // Those whose wait is due at exactly `due_ms`; `state` must outlive this object.
  void add_waits(const State& state, std::int64_t due_ms) noexcept;

  Candidate next() noexcept;

 private:
  // The event's own and those of its indexes, of a stage left and a stage entered, of each watch.
  static constexpr std::uint32_t kListsMax = 1 + kIndexesPerEventMax + 2 + kWatchesMax;

  struct List {
    format::Range triggers;  // those still to come
    std::string_view anchor;
  };

  std::uint32_t rank_at(std::uint32_t at) const noexcept {
    return program_.triggers()[program_.list(at)].rank;
  }

  const Program& program_;
  List lists_[kListsMax];
  std::uint32_t
      ranks_[kListsMax];  // of each list's first, beside each other: the search for the best reads them all
  std::uint32_t count_ = 0;
  const State* waits_in_ = nullptr;
  std::int64_t due_ms_ = 0;
  std::int64_t waiting_ = -1;  // the trigger whose wait comes next
};

}  // namespace desirepath
