#include "sdk/engine/effect.hpp"

#include "sdk/engine/features.hpp"
#include "sdk/engine/identity.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

using namespace format;

namespace {

// The lists one effect stands in.
class Places {
 public:
  Places(const Program& program, const Effect& effect) noexcept {
    const std::uint32_t decision = effect.mark ^ effect.channel_key;
    if (effect.trigger != 0) add_cap(program.triggers()[effect.trigger - 1].cap, effect);
    if (effect.purpose != 0) {
      const PurposeRecord& purpose = program.purposes()[effect.purpose - 1];
      add_cap(purpose.cap, effect);
      add({purpose.key, Family::purpose, kServedEntriesMax, Forgets::surpassed, decision,
           effect.trigger_key});
    }
    if constexpr (builds(kFeatureGovernance)) {
      if (effect.promise != 0) add_promise(program.promises()[effect.promise - 1], decision);
    }
    if (effect.channel != 0) add_cap(program.channels()[effect.channel - 1].cap, effect);
  }

  const EffectPlace* begin() const noexcept { return places_; }
  const EffectPlace* end() const noexcept { return places_ + count_; }

 private:
  void add(const EffectPlace& place) noexcept { places_[count_++] = place; }
  void add_cap(const Cap& cap, const Effect& effect) noexcept {
    if (cap.times == 0) return;
    add({cap.key, Family::effects, cap.times + kOpenReservationsMax, Forgets::earliest, effect.mark,
         effect.channel_key});
  }
  void add_promise(const PromiseRecord& promise, std::uint32_t decision) noexcept {
    if (promise.contradicts.begin == promise.contradicts.end) return;
    add({promise.key, Family::promise, kServedEntriesMax, Forgets::surpassed, decision, 0});
  }

  EffectPlace places_[5];
  std::uint32_t count_ = 0;
};

// The anchor's part of a decisionId: what stands before the last two `~`.
std::string_view anchor_of(std::string_view decision_id) noexcept {
  const std::size_t channel = decision_id.rfind('~');
  if (channel == std::string_view::npos || channel == 0) return decision_id;
  const std::size_t trigger = decision_id.rfind('~', channel - 1);
  return trigger == std::string_view::npos ? decision_id : std::string_view(decision_id.data(), trigger);
}

std::string_view fact_text(const Program& program, const Event& event, EngineFact fact) noexcept {
  const Value value = engine_fact(program, event, fact);
  return value.is_string() ? value.text() : std::string_view{};
}

// The record with that key, +1; 0 for none.
template <typename Record>
std::uint32_t find_by_key(const Records<Record>& records, std::uint32_t key) noexcept {
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    if (records[i].key == key) return i + 1;
  }
  return 0;
}

std::uint32_t find_channel(const Program& program, std::string_view id) noexcept {
  for (std::uint32_t i = 0; i < program.channels().size(); ++i) {
    if (program.string(program.channels()[i].id) == id) return i + 1;
  }
  return 0;
}

Statement statement_of(const Event& event) noexcept {
  if (event.type != EventType::track) return Statement::none;
  if (event.name == "Decision Exposed" || event.name == "Decision Delivered") return Statement::settled;
  if (event.name == "Decision Reserved") return Statement::reserved;
  return event.name == "Decision Released" ? Statement::released : Statement::none;
}

}  // namespace

std::uint32_t effect_mark(std::uint32_t trigger_key, std::string_view anchor) noexcept {
  return fnv1a(anchor) ^ trigger_key;
}

void record_effect(const Program& program, State& state, const Effect& effect, bool settled) noexcept {
  for (const EffectPlace& place : Places(program, effect)) {
    list_effect(state, place, effect.time_ms, settled);
  }
}

void release_effect(const Program& program, State& state, const Effect& effect) noexcept {
  for (const EffectPlace& place : Places(program, effect)) unlist_reservation(state, place);
}

std::uint32_t effects_within(const State& state, const Cap& cap, std::uint32_t mark,
                             std::int64_t time_ms) noexcept {
  const EffectList effects(state, cap.key, Family::effects);
  std::uint32_t count = 0;
  std::uint32_t last = 0;
  for (std::size_t i = effects.size(); i-- > 0 && last < cap.times;) {
    if (effects.is_repeated(i)) continue;
    ++last;
    if (effects.time_ms(i) > time_ms - cap.per_ms && !effects.is_of(i, mark)) ++count;
  }
  return count;
}

bool is_served_by_another(const Program& program, const State& state, std::uint32_t purpose,
                          std::uint32_t trigger_key, std::int64_t since_ms) noexcept {
  const EffectList served(state, program.purposes()[purpose].key, Family::purpose);
  for (std::size_t i = 0; i < served.size(); ++i) {
    if (served.source(i) != trigger_key && served.time_ms(i) > since_ms) return true;
  }
  return false;
}

StatedEffect stated_effect(const Program& program, const Event& event, std::int64_t time_ms) noexcept {
  StatedEffect stated{statement_of(event), {}};
  if (engine_fact(program, event, EngineFact::holdout).boolean()) return {};
  if (stated.statement == Statement::none) return stated;
  Effect& effect = stated.effect;
  effect.trigger_key = definition_key("trigger", fact_text(program, event, EngineFact::trigger));
  effect.trigger = static_cast<std::uint32_t>(program.find_trigger(effect.trigger_key) + 1);
  const std::string_view purpose = fact_text(program, event, EngineFact::purpose);
  const std::string_view promise = fact_text(program, event, EngineFact::promise);
  const std::string_view channel = fact_text(program, event, EngineFact::channel);
  if (!purpose.empty()) effect.purpose = find_by_key(program.purposes(), definition_key("purpose", purpose));
  if (!promise.empty()) effect.promise = find_by_key(program.promises(), definition_key("promise", promise));
  effect.channel = find_channel(program, channel);
  effect.channel_key = fnv1a(channel);
  const std::string_view decision_id = fact_text(program, event, EngineFact::decision_id);
  effect.mark =
      effect_mark(effect.trigger_key, decision_id.empty() ? event.message_id : anchor_of(decision_id));
  effect.time_ms = time_ms;
  return stated;
}

}  // namespace desirepath
