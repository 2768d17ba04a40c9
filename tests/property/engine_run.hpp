// The real engine under a random journey, spoken to in JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sdk/compiler/compile.hpp"
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"
#include "tests/property/random_case.hpp"

namespace desirepath::tests {

// A fact as the engine reads it. What carries `inexact` may differ from the truth, and says so.
struct FactReading {
  std::string name;  // as a condition names it
  std::optional<Json> value;
  bool inexact = false;
};

// Which of a journey's two programs.
enum class Target { full, device };

// One profile under one journey.
class EngineRun {
 public:
  // The journey must compile; what is wrong if it does not is thrown as a std::runtime_error.
  EngineRun(const Json& journey, Effects effects, Target target = Target::full);

  // Each returns the decisions and moves it brought about, one line of JSON each.
  std::vector<std::string> happen(const Json& event);
  std::vector<std::string> pass_time(std::int64_t until_ms);

  // Folds an event of the time before this journey took over.
  void learn(const Json& event);
  // Takes over, having learnt all events before, from a run that time has passed for up to `at_ms`. False
  // where the state has no room.
  bool take_over(const EngineRun& before, std::int64_t at_ms);

  // Everything the program can tell of the profile.
  std::vector<FactReading> facts(std::int64_t time_ms) const;

  // The field that should be asked for next; empty for none.
  std::string next_ask(std::int64_t time_ms) const;

  // What the gate says of an action of a trigger, by its number, decided at `time_ms` for the anchor.
  struct GateAnswer {
    std::string reason;       // empty: it may pass
    bool may_forget = false;  // a list of effects that the answer goes by is full
  };
  GateAnswer gate(std::uint32_t trigger, std::uint32_t action, std::string_view anchor, std::int64_t time_ms,
                  std::int64_t now_ms) const;

  // Puts the state's bytes into a host that has just started.
  void carry();

  std::string state_bytes() const;
  StepError last_error() const { return error_; }
  std::int64_t next_wake_ms() const { return next_wake(host_->state()); }
  const Program& program() const { return loaded_.program; }

 private:
  // The event as the program reads it, as long as the next is not bound.
  Event bound(const Json& event);
  void add_lines(std::vector<std::string>& lines, const Outcome& outcome) const;

  compiler::CompiledJourney journey_;
  LoadedProgram loaded_;
  Effects effects_;
  std::unique_ptr<EngineHost> host_;
  std::vector<std::uint8_t> facts_;  // of the event last bound
  std::string message_id_;
  std::string name_;
  StepError error_ = StepError::none;
};

// Lines of JSON of one form for both engines.
std::string decision_line(std::int64_t time_ms, std::string_view anchor, std::string_view trigger,
                          std::string_view channel, std::string_view slot, std::string_view reason,
                          std::string_view treatment);
std::string assignment_line(std::int64_t time_ms, std::string_view experiment, std::string_view treatment,
                            bool is_held_out, std::string_view unit);
std::string move_line(std::int64_t time_ms, std::string_view from, std::string_view to);

}  // namespace desirepath::tests
