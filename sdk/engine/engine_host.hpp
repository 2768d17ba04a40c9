// The room one program needs to be stepped natively: state buffer, facts, outcome storage, all sized by the
// program. For hosts with a heap; the WASM build lays out the same in linear memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sdk/engine/event.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/outcome.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/step.hpp"

namespace desirepath {

// Owns the buffers and views the program's bytes, which must outlive it. One thread at a time.
class EngineHost {
 public:
  explicit EngineHost(const Program& program)
      : program_(program),
        buffer_(std::max<std::size_t>(program.header().state_bytes_max, State::kHeaderBytes)),
        state_(buffer_),
        decisions_(Outcome::decisions_for(program.header())),
        anchors_(Outcome::anchor_bytes_for(program.header())),
        assignments_(program.experiments().size()),
        facts_(program.facts().size()) {}

  EngineHost(const EngineHost&) = delete;
  EngineHost& operator=(const EngineHost&) = delete;

  const Program& program() const { return program_; }
  State& state() { return state_; }
  const State& state() const { return state_; }
  std::span<Value> facts() { return facts_; }
  // An empty outcome over this host's storage: taking one ends the life of what the last one held.
  Outcome outcome() { return Outcome(decisions_, anchors_, assignments_); }

  // Folds an event whose facts are `facts()`, or performs what is due by `now_ms`. Each part of the outcome,
  // in order, goes to `take(const Outcome&)` and lives no longer.
  template <typename Take>
  [[nodiscard]] StepError step(const Event& event, Effects effects, Take take, ZoneTable zones = {}) {
    return in_parts(
        [&](Outcome& outcome) { return desirepath::step(program_, state_, event, effects, outcome, zones); },
        take);
  }
  template <typename Take>
  [[nodiscard]] StepError wake(std::int64_t now_ms, Effects effects, Take take, ZoneTable zones = {}) {
    return in_parts(
        [&](Outcome& outcome) { return desirepath::wake(program_, state_, now_ms, effects, outcome, zones); },
        take);
  }

  // Takes over a copy of state bytes; refused, and empty, when they are malformed or too long.
  [[nodiscard]] StateAdoption adopt(std::span<const std::uint8_t> bytes) {
    state_.reset();
    if (bytes.size() > buffer_.size()) return {false, buffer_.size()};
    std::copy(bytes.begin(), bytes.end(), buffer_.begin());
    return state_.adopt(bytes.size());
  }

 private:
  template <typename Call, typename Take>
  StepError in_parts(Call call, Take take) {
    StepError error = StepError::more;
    while (error == StepError::more) {
      Outcome outcome = this->outcome();
      error = call(outcome);
      take(std::as_const(outcome));
    }
    return error;
  }

  Program program_;
  std::vector<std::uint8_t> buffer_;
  State state_;
  std::vector<Decision> decisions_;
  std::vector<char> anchors_;
  std::vector<Assignment> assignments_;
  std::vector<Value> facts_;
};

}  // namespace desirepath
