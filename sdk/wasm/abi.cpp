// The exports of desirepath.wasm. What each does, its units and its lifetime: ABI.md.

#include <cstdint>
#include <iterator>
#include <limits>
#include <new>

#include "sdk/engine/behavior.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/step.hpp"
#include "sdk/wasm/memory.hpp"

#define DP_EXPORT(name) extern "C" __attribute__((export_name(#name), used)) auto name

namespace {

using namespace desirepath;

constexpr std::uint32_t kAbiVersion = 1;
constexpr std::uint32_t kEffectsAtOnce = 1;

enum Status : std::int32_t {
  kOk = 0,
  kNotAProgram = -1,
  kUnsupported = -2,
  kInconsistent = -3,
  kTooLarge = -4,
  kNoProgram = -5,
  kBadEvent = -6,
  kTooEarly = -7,
  kBadState = -8,
  kStateFull = -9,
};

struct Text {
  const char* at;
  std::uint32_t length;
};

struct DecisionRow {
  std::uint32_t outcome;
  std::uint32_t reason;
  double time;
  Text anchor;
  Text strings[7];  // trigger, channel, slot, purpose, promise, content, destination
};
static_assert(sizeof(DecisionRow) == 80);

struct MoveRow {
  double time;
  Text left, entered;
};
static_assert(sizeof(MoveRow) == 24);

// Everything one module instance holds. Plain data: the module has no constructors to run.
struct Module {
  wasm::Memory memory;
  std::uint8_t* program_bytes;
  Program program;
  bool loaded;
  std::uint8_t* event;
  std::uint8_t* state;
  std::uint32_t state_capacity;
  Value* facts;
  Decision* decisions;
  char* anchors;
  std::uint8_t* outcome;
};

alignas(Module) std::uint8_t g_module_storage[sizeof(Module)];
alignas(State) std::uint8_t g_state_storage[sizeof(State)];

Module& module_() {
  return *std::launder(reinterpret_cast<Module*>(g_module_storage));
}
State& state_() {
  return *std::launder(reinterpret_cast<State*>(g_state_storage));
}

// A string of the program, +1; empty for 0.
Text text_of(const Program& program, std::uint32_t string_plus_one) {
  const std::string_view text = program.optional_string(string_plus_one);
  return {text.data(), static_cast<std::uint32_t>(text.size())};
}

std::int32_t status_of(ProgramError error) {
  switch (error) {
    case ProgramError::none: return kOk;
    case ProgramError::not_a_program: return kNotAProgram;
    case ProgramError::unsupported: return kUnsupported;
    case ProgramError::inconsistent: return kInconsistent;
    case ProgramError::too_large: return kTooLarge;
  }
  return kInconsistent;
}

std::int32_t status_of(StepError error) {
  switch (error) {
    case StepError::none: return kOk;
    case StepError::too_early: return kTooEarly;
    case StepError::state_full: return kStateFull;
  }
  return kStateFull;
}

// Room for what a step of this program can need.
bool make_buffers(Module& module) {
  const format::Header& header = module.program.header();
  const std::size_t capacity = 2 * std::size_t{header.state_bytes_max} + State::kHeaderBytes;
  module.state_capacity =
      static_cast<std::uint32_t>(capacity < kFullStateBytesMax ? capacity : kFullStateBytesMax);
  const std::size_t decisions = header.decisions_max;
  module.event = module.memory.take(kEventBytesMax);
  module.state = module.memory.take(module.state_capacity);
  module.facts = reinterpret_cast<Value*>(module.memory.take(module.program.facts().size() * sizeof(Value)));
  module.decisions = reinterpret_cast<Decision*>(module.memory.take(decisions * sizeof(Decision)));
  module.anchors = reinterpret_cast<char*>(module.memory.take(header.waits_max * kMessageIdBytesMax));
  module.outcome = module.memory.take(8 + decisions * sizeof(DecisionRow) + sizeof(MoveRow));
  return module.event != nullptr && module.state != nullptr && module.facts != nullptr &&
         module.decisions != nullptr && module.anchors != nullptr && module.outcome != nullptr;
}

Outcome make_outcome(Module& module) {
  const format::Header& header = module.program.header();
  return Outcome({module.decisions, header.decisions_max},
                 {module.anchors, header.waits_max * kMessageIdBytesMax});
}

void write_outcome(Module& module, const Outcome& outcome) {
  const Program& program = module.program;
  auto* counts = reinterpret_cast<std::uint32_t*>(module.outcome);
  counts[0] = static_cast<std::uint32_t>(outcome.decisions().size());
  counts[1] = static_cast<std::uint32_t>(outcome.moves().size());
  auto* row = reinterpret_cast<DecisionRow*>(module.outcome + 8);
  for (const Decision& decision : outcome.decisions()) {
    const format::TriggerRecord& trigger = program.triggers()[decision.trigger];
    const format::ActionRecord& action = program.actions()[decision.action];
    row->outcome = decision.fired ? 1 : 0;
    row->reason = static_cast<std::uint32_t>(decision.reason);
    row->time = static_cast<double>(decision.time_ms);
    row->anchor = {decision.anchor.data(), static_cast<std::uint32_t>(decision.anchor.size())};
    const std::uint32_t strings[] = {
        trigger.id + 1,
        program.channels()[action.channel].id + 1,
        action.slot == 0 ? 0 : program.slots()[action.slot - 1].id + 1,
        trigger.purpose == 0 ? 0 : program.purposes()[trigger.purpose - 1].id + 1,
        trigger.promise,
        action.content + 1,
        action.destination,
    };
    for (std::size_t i = 0; i < std::size(strings); ++i) row->strings[i] = text_of(program, strings[i]);
    ++row;
  }
  auto* move = reinterpret_cast<MoveRow*>(row);
  for (const StageMove& entry : outcome.moves()) {
    move->time = static_cast<double>(entry.time_ms);
    move->left = text_of(program, entry.from == 0 ? 0 : program.stages()[entry.from - 1].id + 1);
    move->entered = text_of(program, entry.to == 0 ? 0 : program.stages()[entry.to - 1].id + 1);
    ++move;
  }
}

Effects effects_of(std::uint32_t flags) {
  return (flags & kEffectsAtOnce) != 0 ? Effects::at_once : Effects::recorded;
}

}  // namespace

DP_EXPORT(dp_abi_version)()->std::uint32_t {
  return kAbiVersion;
}
DP_EXPORT(dp_feature_bits)()->std::uint32_t {
  return kFeaturesOfThisBuild;
}

DP_EXPORT(dp_program_reserve)(std::uint32_t length)->std::uint8_t* {
  Module& module = module_();
  module.loaded = false;
  module.memory.clear();
  module.program_bytes = length <= kProgramBytesMax ? module.memory.take(length) : nullptr;
  return module.program_bytes;
}

DP_EXPORT(dp_program_load)(std::uint32_t length)->std::int32_t {
  Module& module = module_();
  if (module.program_bytes == nullptr) return kNoProgram;
  const LoadedProgram loaded = Program::load({module.program_bytes, length});
  if (loaded.error != ProgramError::none) return status_of(loaded.error);
  module.program = loaded.program;
  if (!make_buffers(module)) return kTooLarge;
  new (g_state_storage) State({module.state, module.state_capacity});
  module.loaded = true;
  return kOk;
}

DP_EXPORT(dp_program_features)()->std::uint32_t {
  return module_().program.header().features;
}
DP_EXPORT(dp_fact_count)()->std::uint32_t {
  return module_().program.facts().size();
}

DP_EXPORT(dp_fact_path)(std::uint32_t index)->const std::uint8_t* {
  const Program& program = module_().program;
  return index < program.facts().size() ? program.prefixed_string(program.facts()[index].path) : nullptr;
}

DP_EXPORT(dp_event_buffer)()->std::uint8_t* {
  return module_().event;
}
DP_EXPORT(dp_event_capacity)()->std::uint32_t {
  return module_().loaded ? kEventBytesMax : 0;
}
DP_EXPORT(dp_state_buffer)()->std::uint8_t* {
  return module_().state;
}
DP_EXPORT(dp_state_capacity)()->std::uint32_t {
  return module_().loaded ? module_().state_capacity : 0;
}

DP_EXPORT(dp_state_length)()->std::uint32_t {
  return module_().loaded ? static_cast<std::uint32_t>(state_().bytes().size()) : 0;
}

DP_EXPORT(dp_state_load)(std::uint32_t length)->std::int32_t {
  if (!module_().loaded) return kNoProgram;
  return state_().adopt(length) ? kOk : kBadState;
}

DP_EXPORT(dp_state_reset)()->void {
  if (module_().loaded) state_().reset();
}

DP_EXPORT(dp_step)(std::uint32_t length, std::uint32_t flags)->std::int32_t {
  Module& module = module_();
  if (!module.loaded) return kNoProgram;
  if (length > kEventBytesMax) return kBadEvent;
  const DecodedEvent decoded = decode_event_record(module.program, {module.event, length},
                                                   {module.facts, module.program.facts().size()});
  if (decoded.error != EventError::none) return kBadEvent;
  Outcome outcome = make_outcome(module);
  const StepError error = step(module.program, state_(), decoded.event, effects_of(flags), outcome);
  if (error == StepError::none) write_outcome(module, outcome);
  return status_of(error);
}

DP_EXPORT(dp_wake)(double now, std::uint32_t flags)->std::int32_t {
  Module& module = module_();
  if (!module.loaded) return kNoProgram;
  if (!(now >= 0 && now <= static_cast<double>(kTimeMaxMs))) return kBadEvent;
  Outcome outcome = make_outcome(module);
  const StepError error =
      wake(module.program, state_(), static_cast<std::int64_t>(now), effects_of(flags), outcome);
  if (error == StepError::none) write_outcome(module, outcome);
  return status_of(error);
}

DP_EXPORT(dp_next_wake)()->double {
  const std::int64_t next_ms = module_().loaded ? next_wake(state_()) : State::kNever;
  return next_ms == State::kNever ? std::numeric_limits<double>::infinity() : static_cast<double>(next_ms);
}

DP_EXPORT(dp_outcome)()->const std::uint8_t* {
  return module_().outcome;
}

DP_EXPORT(dp_stage)()->const std::uint8_t* {
  if (!module_().loaded) return nullptr;
  const CurrentStage current = current_stage(module_().program, state_());
  return current.known ? module_().program.prefixed_string(module_().program.stages()[current.stage].id)
                       : nullptr;
}

DP_EXPORT(dp_stage_since)()->double {
  if (!module_().loaded) return std::numeric_limits<double>::quiet_NaN();
  const CurrentStage current = current_stage(module_().program, state_());
  return current.known ? static_cast<double>(current.since_ms) : std::numeric_limits<double>::quiet_NaN();
}

DP_EXPORT(dp_clock)()->double {
  const std::int64_t clock_ms = module_().loaded ? state_().clock_ms() : State::kNoClock;
  return clock_ms == State::kNoClock ? -std::numeric_limits<double>::infinity()
                                     : static_cast<double>(clock_ms);
}

DP_EXPORT(dp_behavior_count)()->std::uint32_t {
  return module_().program.behaviors().size();
}

DP_EXPORT(dp_behavior_id)(std::uint32_t index)->const std::uint8_t* {
  const Program& program = module_().program;
  return index < program.behaviors().size() ? program.prefixed_string(program.behaviors()[index].id)
                                            : nullptr;
}

DP_EXPORT(dp_behavior_number)(std::uint32_t index, double now)->double {
  const Program& program = module_().program;
  if (!module_().loaded || index >= program.behaviors().size())
    return std::numeric_limits<double>::quiet_NaN();
  const BehaviorReading reading = read_behavior(program, state_(), index, static_cast<std::int64_t>(now));
  return reading.value.is_number() ? reading.value.number() : std::numeric_limits<double>::quiet_NaN();
}

DP_EXPORT(dp_audience_count)()->std::uint32_t {
  return module_().program.audiences().size();
}

DP_EXPORT(dp_audience_id)(std::uint32_t index)->const std::uint8_t* {
  const Program& program = module_().program;
  return index < program.audiences().size() ? program.prefixed_string(program.audiences()[index].id)
                                            : nullptr;
}

DP_EXPORT(dp_audience_holds)(std::uint32_t index, double now)->std::uint32_t {
  const Program& program = module_().program;
  if (!module_().loaded || index >= program.audiences().size()) return 0;
  const Scope scope{program, state_(), nullptr, static_cast<std::int64_t>(now)};
  return holds(scope, program.audiences()[index].when) ? 1 : 0;
}
