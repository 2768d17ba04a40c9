#include "tests/fuzz/exercise.hpp"

#include <algorithm>

#include "sdk/engine/ask.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/context.hpp"
#include "sdk/engine/effect_gate.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/explain.hpp"
#include "sdk/engine/intent.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/model.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/trait.hpp"
#include "sdk/engine/value_writer.hpp"

namespace desirepath::fuzz {

namespace {

constexpr std::uint32_t kEventsMax = 60;
constexpr std::uint32_t kRounds = 3;
constexpr std::int64_t kMinuteMs = 60 * 1000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kYearMs = 365 * 24 * kHourMs;

// What a state says may be no time at all.
std::int64_t possible(std::int64_t time_ms) {
  return std::clamp<std::int64_t>(time_ms, 0, kTimeMaxMs);
}

// One value of each kind that conditions, dates, paths and effects tell apart.
class Samples {
 public:
  Samples() {
    writer_.open_array();
    writer_.null();
    writer_.boolean(true);
    writer_.number(60);
    writer_.number(1.8e12);
    for (const char* text : {"shoes", "5", "2.1.0", "2027-01-16", "web", "m~cart_rescue~web", "email",
                             "https://shop.example/a?utm_source=x&gclid=1", "Europe/Vienna"}) {
      writer_.string(text);
    }
    writer_.open_array();
    writer_.string("colour");
    writer_.open_object();
    writer_.key("price");
    writer_.number(50);
    writer_.close();
    writer_.close();
    writer_.open_object();
    writer_.key("url");
    writer_.string("https://shop.example/");
    writer_.key("categoryPreferences");
    writer_.open_object();
    writer_.key("marketing");
    writer_.boolean(true);
    writer_.close();
    writer_.close();
    writer_.close();
    ValueCursor cursor(Value::read(writer_.bytes().data()));
    while (cursor.next()) values_.push_back(cursor.value());
  }
  Value operator[](std::size_t at) const { return values_[at % values_.size()]; }

 private:
  ValueWriter writer_;
  std::vector<Value> values_;
};

void read_definitions(const Scope& scope) {
  const Program& program = scope.program;
  const State& state = scope.state;
  for (std::uint32_t i = 0; i < program.behaviors().size(); ++i) {
    (void)read_behavior(program, state, i, scope.time_ms);
  }
  for (std::uint32_t i = 0; i < program.audiences().size(); ++i) {
    (void)holds(scope, program.audiences()[i].when);
  }
  for (std::uint32_t i = 0; i < program.traits().size(); ++i) (void)trait_value(program, state, i);
  for (std::uint32_t i = 0; i < program.consents().size(); ++i) (void)consent_value(program, state, i);
  for (std::uint32_t i = 0; i < program.scores().size(); ++i) {
    (void)read_score(program, state, i, scope.time_ms);
    (void)read_tier(program, state, i, scope.time_ms);
  }
  for (std::uint32_t i = 0; i < program.models().size(); ++i) (void)read_propensity(scope, i);
  for (std::uint32_t i = 0; i < program.asks().size(); ++i) {
    (void)times_asked(program, state, i, scope.time_ms);
    (void)should_ask(scope, i);
  }
  for (std::uint32_t i = 0; i < program.experiments().size(); ++i) (void)read_place(program, state, i);
}

void read_circumstances(const Scope& scope) {
  using namespace format;
  const State& state = scope.state;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(SessionField::count_); ++i) {
    (void)session_value(state, static_cast<SessionField>(i), scope.time_ms);
  }
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(ContextField::count_); ++i) {
    (void)context_value(state, static_cast<ContextField>(i));
  }
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(NowField::count_); ++i) {
    (void)now_value(scope, static_cast<NowField>(i));
  }
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(IntentField::count_); ++i) {
    (void)intent_value(scope.program, state, static_cast<IntentField>(i));
  }
  (void)current_stage(scope.program, state);
  (void)zone_name(state);
  (void)next_ask(scope);
}

}  // namespace

void fold_events(EngineHost& host) {
  static const Samples kSamples;
  const Program& program = host.program();
  const State& state = host.state();
  const auto ignore = [](const Outcome&) {};
  const std::uint32_t names = program.events().size();
  for (std::uint32_t i = 0; i < kRounds * names && i < kEventsMax; ++i) {
    for (std::size_t fact = 0; fact < host.facts().size(); ++fact) host.facts()[fact] = kSamples[fact + i];
    const std::int64_t now_ms = possible(state.clock_ms()) + kMinuteMs * 7;
    const EventType type = i % 4 == 3 ? EventType::identify : EventType::track;
    const Event event{now_ms, type, "m", program.string(program.events()[i % names].name), host.facts()};
    const Effects effects = i % 2 == 0 ? Effects::at_once : Effects::recorded;
    if (host.step(event, effects, ignore) == StepError::state_full) return;
  }
}

void live(EngineHost& host) {
  fold_events(host);
  (void)host.wake(possible(host.state().clock_ms()) + kYearMs, Effects::at_once, [](const Outcome&) {});
}

void look(const Program& program, const State& state) {
  const std::int64_t time_ms = possible(state.clock_ms());
  const Scope scope{program, state, nullptr, time_ms};
  read_definitions(scope);
  read_circumstances(scope);
  ExplanationSink sink;
  sink.on_node = [](void*, const ExplainedNode&) { return true; };
  sink.on_action = [](void*, const ExplainedAction&) { return true; };
  for (std::uint32_t i = 0; i < program.triggers().size(); ++i) {
    (void)explain(scope, i, sink);
    const format::Range& actions = program.triggers()[i].actions;
    for (std::uint32_t action = actions.begin; action < actions.end; ++action) {
      (void)reason_to_stop(scope, Proposal{i, action, "m", time_ms - kHourMs / 2});
    }
  }
}

}  // namespace desirepath::fuzz
