#include "sdk/engine/effect_gate.hpp"

#include "sdk/engine/consent.hpp"
#include "sdk/engine/effect.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/promise.hpp"
#include "sdk/engine/suppression.hpp"

namespace desirepath {

using namespace format;

namespace {

// The effects of one cap, as they are for a further one.
class CapHistory {
 public:
  CapHistory(const State& state, const Cap& cap, std::uint32_t mark) noexcept
      : effects_(state, cap.key, Family::effects), cap_(cap), mark_(mark) {}

  // Whether a further effect at `time_ms` leaves every window that holds it within the cap. Such a window
  // ends at the effect itself or at one that follows it within the window's length.
  bool has_room_at(std::int64_t time_ms) const noexcept {
    if (cap_.times == 0) return true;
    if (!reaches_back_to(time_ms - cap_.per_ms) || is_used_up_by(time_ms)) return false;
    for (std::size_t i = 0; i < effects_.size(); ++i) {
      const std::int64_t end_ms = effects_.time_ms(i);
      const bool holds_it = end_ms > time_ms && end_ms < time_ms + cap_.per_ms;
      if (holds_it && counts(i) && is_used_up_by(end_ms)) return false;
    }
    return true;
  }

 private:
  bool counts(std::size_t index) const noexcept {
    return !effects_.is_of(index, mark_) && !effects_.is_repeated(index);
  }

  bool is_used_up_by(std::int64_t end_ms) const noexcept {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < effects_.size(); ++i) {
      const std::int64_t time_ms = effects_.time_ms(i);
      if (time_ms > end_ms - cap_.per_ms && time_ms <= end_ms && counts(i)) ++count;
    }
    return count >= cap_.times;
  }

  bool reaches_back_to(std::int64_t begin_ms) const noexcept {
    return effects_.size() < cap_.times + kOpenReservationsMax || effects_.time_ms(0) <= begin_ms;
  }

  EffectList effects_;
  const Cap& cap_;
  std::uint32_t mark_;
};

Reason reason_of_person(const Scope& scope, const TriggerRecord& trigger, std::uint32_t index,
                        std::uint32_t channel_index) noexcept {
  const ChannelRecord& channel = scope.program.channels()[channel_index];
  if (!is_consented(scope.program, scope.state, channel.consent)) return Reason::consent;
  if (Suppressions().cover(scope, channel_index, trigger.purpose)) return Reason::suppressed;
  if (form_of(scope, index).is_held_out) return Reason::holdout;
  if constexpr (builds(kFeatureLocalTime)) {
    if (is_quiet(scope, channel)) return Reason::quiet_hours;
  }
  return Reason::none;
}

}  // namespace

Reason reason_to_stop(const Scope& scope, const Proposal& proposal) noexcept {
  const Program& program = scope.program;
  const State& state = scope.state;
  const TriggerRecord& trigger = program.triggers()[proposal.trigger];
  const std::uint32_t channel = program.actions()[proposal.action].channel;
  const std::int64_t now_ms = scope.time_ms;
  if (now_ms - proposal.time_ms > trigger.freshness_ms) return Reason::stale;
  const Reason of_person = reason_of_person(scope, trigger, proposal.trigger, channel);
  if (of_person != Reason::none) return of_person;

  const std::int64_t earlier_ms = proposal.time_ms < now_ms ? proposal.time_ms : now_ms;
  if (trigger.purpose != 0 && trigger.served_within_ms != 0 &&
      is_served_by_another(program, state, trigger.purpose - 1, trigger.key,
                           earlier_ms - trigger.served_within_ms)) {
    return Reason::purpose_served;
  }
  if (is_contradicted(program, state, trigger.promise, earlier_ms)) return Reason::promise_conflict;

  const std::uint32_t mark = effect_mark(trigger.key, proposal.anchor);
  const auto has_room = [&](const Cap& cap) {
    const CapHistory history(state, cap, mark);
    return history.has_room_at(proposal.time_ms) && history.has_room_at(now_ms);
  };
  if (!has_room(trigger.cap)) return Reason::cap_trigger;
  if (trigger.purpose != 0 && !has_room(program.purposes()[trigger.purpose - 1].cap)) {
    return Reason::cap_purpose;
  }
  return has_room(program.channels()[channel].cap) ? Reason::none : Reason::cap_channel;
}

}  // namespace desirepath
