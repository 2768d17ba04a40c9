#include "sdk/engine/wait.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

using namespace format;

namespace {

constexpr std::size_t kAnchorAt = kTimeBytes;  // behind the time it is due

}  // namespace

void end_waits(const Scope& scope, State& state, Range cancels) noexcept {
  for (std::uint32_t i = cancels.begin; i < cancels.end; ++i) {
    const CancelRecord& cancel = scope.program.cancels()[scope.program.list(i)];
    if (!holds_optional(scope, cancel.where)) continue;
    state.erase(scope.program.triggers()[cancel.trigger].key, Family::wait);
  }
}

void begin_waits(const Scope& scope, State& state, Range arms, std::string_view anchor,
                 Outcome& outcome) noexcept {
  for (std::uint32_t i = arms.begin; i < arms.end; ++i) {
    const std::uint32_t index = scope.program.list(i);
    const TriggerRecord& trigger = scope.program.triggers()[index];
    if (!holds_optional(scope, trigger.where)) continue;
    state.erase(trigger.key, Family::wait);
    if (!holds_optional(scope, trigger.arm_when)) continue;
    assign(scope, state, index, outcome);
    const TriggerForm form = form_of(scope, index);
    if (form.is_enabled) set_wait(state, trigger, scope.time_ms + form.wait_ms, anchor);
  }
}

void set_wait(State& state, const TriggerRecord& trigger, std::int64_t due_ms,
              std::string_view anchor) noexcept {
  const MutablePayload record = state.resize(trigger.key, Family::wait, kAnchorAt + anchor.size());
  if (!record) return;
  store_time(record.data(), due_ms < kTimeMaxMs ? due_ms : kTimeMaxMs);
  std::memcpy(&record[kAnchorAt], anchor.data(), anchor.size());
}

std::int64_t due_of_wait(const State& state, const TriggerRecord& trigger) noexcept {
  const Payload record = state.find(trigger.key, Family::wait);
  return record.size() < kAnchorAt ? kNoTime : load_time(record.data());
}

std::string_view anchor_of_wait(const State& state, const TriggerRecord& trigger) noexcept {
  const Payload record = state.find(trigger.key, Family::wait);
  return record.size() < kAnchorAt ? std::string_view{}
                                   : text_at(record.data() + kAnchorAt, record.size() - kAnchorAt);
}

std::int64_t find_due_wait(const Program& program, const State& state, std::int64_t due_ms,
                           std::uint32_t rank_min) noexcept {
  std::int64_t found = -1;
  std::uint32_t found_rank = UINT32_MAX;
  state.for_each([&](std::uint32_t key, Family family, Payload record) {
    if (family != Family::wait || record.size() < kAnchorAt || load_time(record.data()) != due_ms) return;
    const std::int64_t index = program.find_trigger(key);
    if (index < 0) return;
    const TriggerRecord& trigger = program.triggers()[static_cast<std::uint32_t>(index)];
    if (trigger.waits == 0 || trigger.rank < rank_min || trigger.rank >= found_rank) return;
    found = index;
    found_rank = trigger.rank;
  });
  return found;
}

}  // namespace desirepath
