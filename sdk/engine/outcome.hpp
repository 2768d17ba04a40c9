// What a step proposes: decisions with their reasons, and moves between stages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sdk/engine/program_format.hpp"

namespace desirepath {

// Why a decision was held back; the closed set of DESIGN, in the order of arbitration. `late` is said by a
// page only.
enum class Reason : std::uint8_t {
  none,
  consent,
  suppressed,
  holdout,
  quiet_hours,
  purpose_served,
  promise_conflict,
  cap_trigger,
  cap_purpose,
  cap_channel,
  lower_priority,
  stale,
  late,
};

// The word of the decision log, e.g. "cap_trigger"; empty for none.
std::string_view to_string(Reason reason) noexcept;

// A proposal for one channel. Indexes are into the program that took the step.
struct Decision {
  std::uint32_t trigger = 0;
  std::uint32_t action = 0;
  bool fired = false;
  Reason reason = Reason::none;
  bool woken = false;           // time did it, no event
  std::uint32_t treatment = 0;  // string +1, 0 outside of experiments
  std::int64_t time_ms = 0;     // logical
  std::string_view anchor;      // messageId of the event that fired or armed it
};

// A move between stages, with its evidence.
struct StageMove {
  std::uint32_t from = 0;  // stage +1, 0 for none
  std::uint32_t to = 0;    // stage +1, 0 for none
  std::uint32_t rule = 0;  // of section stage_rules
  std::int64_t time_ms = 0;
  std::string_view anchor;  // messageId of the event that met the rule
};

// A person's place in an experiment, said once: the host writes it as the fact `Experiment Assigned`.
struct Assignment {
  std::uint32_t experiment = 0;
  std::uint32_t treatment = 0;  // string +1
  bool is_held_out = false;
  std::int64_t time_ms = 0;
  std::string_view unit;  // the value that was hashed
  std::string_view anchor;
};

// Where a step writes what it found, in storage of the caller's, of decisions_for and anchor_bytes_for the
// program, and an assignment for each of its experiments. Views stay valid until the next step into the same
// storage, those into the event as long as it.
class Outcome {
 public:
  Outcome(std::span<Decision> decisions, std::span<char> anchors, std::span<Assignment> assignments) noexcept
      : decisions_(decisions), anchors_(anchors), assignments_(assignments) {}

  // Room for what one instant can propose, and some more.
  static std::size_t decisions_for(const format::Header& header) noexcept;
  static std::size_t anchor_bytes_for(const format::Header& header) noexcept;

  // Whether whatever one more instant can bring fits. An empty outcome always has room: a call gets on.
  bool has_room(const format::Header& header) const noexcept;

  std::span<const Decision> decisions() const noexcept { return decisions_.first(decision_count_); }
  std::span<const StageMove> moves() const noexcept { return {&move_, move_count_}; }
  std::span<const Assignment> assignments() const noexcept { return assignments_.first(assignment_count_); }

  void clear() noexcept;
  void add(const Decision& decision) noexcept;
  void add(const StageMove& move) noexcept;
  void add(const Assignment& assignment) noexcept;
  // Copies an anchor that will not outlive the step.
  std::string_view keep_anchor(std::string_view anchor) noexcept;

 private:
  std::span<Decision> decisions_;
  std::span<char> anchors_;
  std::span<Assignment> assignments_;
  StageMove move_{};
  std::size_t decision_count_ = 0;
  std::size_t move_count_ = 0;
  std::size_t assignment_count_ = 0;
  std::size_t anchor_bytes_ = 0;
};

}  // namespace desirepath
