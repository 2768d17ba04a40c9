// What every host needs of the module. What each export does, its units and its lifetime: ABI.md.

#include "sdk/engine/effect_gate.hpp"
#include "sdk/engine/event.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/step.hpp"
#include "sdk/engine/zone_table.hpp"
#include "sdk/wasm/module.hpp"

namespace {

using namespace desirepath;
using namespace desirepath::wasm;

constexpr std::uint32_t kAbiVersion = 2;
constexpr std::uint32_t kEffectsAtOnce = 1;

// What a decision says of its trigger and action.
struct ProposalRow {
  Text trigger, channel, slot, purpose, promise, content, destination;
};

ProposalRow g_proposal;

Text text_of(const Program& program, std::uint32_t string_plus_one) {
  return string_plus_one == 0 ? nullptr : program.prefixed_string(string_plus_one - 1);
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
    case StepError::more: return kMore;
    case StepError::too_early: return kTooEarly;
    case StepError::state_full: return kStateFull;
  }
  return kStateFull;
}

bool is_time(double time) {
  return time >= 0 && time <= static_cast<double>(kTimeMaxMs);
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
DP_EXPORT(dp_board)()->const Board* {
  return &wasm::module().board;
}

DP_EXPORT(dp_program_reserve)(std::uint32_t length)->std::uint8_t* {
  Module& module = wasm::module();
  module.loaded = false;
  module.memory.clear();
  module.program_bytes = length <= kProgramBytesMax ? module.memory.take(length) : nullptr;
  return module.program_bytes;
}

DP_EXPORT(dp_program_load)(std::uint32_t length)->std::int32_t {
  Module& module = wasm::module();
  if (module.program_bytes == nullptr) return kNoProgram;
  const LoadedProgram loaded = Program::load({module.program_bytes, length});
  module.board.error_offset = loaded.offset;
  if (loaded.error != ProgramError::none) return status_of(loaded.error);
  module.program = loaded.program;
  if (!make_room(module)) return kTooLarge;
  module.loaded = true;
  post(module, empty_outcome(module));
  return kOk;
}

DP_EXPORT(dp_fact_path)(std::uint32_t index)->Text {
  const Program& program = wasm::module().program;
  return index < program.facts().size() ? program.prefixed_string(program.facts()[index].path) : nullptr;
}

DP_EXPORT(dp_state_load)(std::uint32_t length)->std::int32_t {
  Module& module = wasm::module();
  if (!module.loaded) return kNoProgram;
  StateAdoption adopted;
  if (length == 0) {
    state().reset();
  } else {
    adopted = state().adopt(length);
    module.board.error_offset = adopted.offset;
  }
  post(module, empty_outcome(module));
  return adopted ? kOk : kBadState;
}

DP_EXPORT(dp_zones)(std::uint32_t length)->std::int32_t {
  Module& module = wasm::module();
  if (!module.loaded) return kNoProgram;
  module.zone_count = 0;
  if constexpr (builds(kFeatureLocalTime)) {
    if (length > module.board.zones_capacity) return kBadZones;
    const DecodedZones decoded = decode_zones({module.board.zones, length}, module.zone_rules);
    if (!decoded.ok) return kBadZones;
    module.zone_count = static_cast<std::uint32_t>(decoded.zones.size());
    return kOk;
  }
  return kBadZones;
}

DP_EXPORT(dp_step)(std::uint32_t length, std::uint32_t flags)->std::int32_t {
  Module& module = wasm::module();
  if (!module.loaded) return kNoProgram;
  const DecodedEvent decoded = decode_event_record(module.program, {module.board.event, length},
                                                   {module.facts, module.program.facts().size()});
  if (decoded.error != EventError::none) return kBadEvent;
  Outcome outcome = empty_outcome(module);
  const StepError error =
      step(module.program, state(), decoded.event, effects_of(flags), outcome, module.zones());
  if (error == StepError::none || error == StepError::more) post(module, outcome);
  return status_of(error);
}

DP_EXPORT(dp_wake)(double now, std::uint32_t flags)->std::int32_t {
  Module& module = wasm::module();
  if (!module.loaded) return kNoProgram;
  if (!is_time(now)) return kBadEvent;
  Outcome outcome = empty_outcome(module);
  const StepError error = wake(module.program, state(), static_cast<std::int64_t>(now), effects_of(flags),
                               outcome, module.zones());
  if (error == StepError::none || error == StepError::more) post(module, outcome);
  return status_of(error);
}

DP_EXPORT(dp_gate)
(std::uint32_t trigger, std::uint32_t action, double time, std::uint32_t anchor_length, double now)
    ->std::int32_t {
  const Module& module = wasm::module();
  const Program& program = module.program;
  if (!module.loaded) return kNoProgram;
  if (trigger >= program.triggers().size() || action >= program.actions().size() ||
      anchor_length > kMessageIdBytesMax || !is_time(time) || !is_time(now)) {
    return kBadEvent;
  }
  const std::string_view anchor(reinterpret_cast<const char*>(module.board.event), anchor_length);
  const Scope scope{program, state(), nullptr, static_cast<std::int64_t>(now), module.zones()};
  return static_cast<std::int32_t>(
      reason_to_stop(scope, {trigger, action, anchor, static_cast<std::int64_t>(time)}));
}

DP_EXPORT(dp_proposal)(std::uint32_t trigger_index, std::uint32_t action_index)->const ProposalRow* {
  const Program& program = wasm::module().program;
  if (trigger_index >= program.triggers().size() || action_index >= program.actions().size()) return nullptr;
  const format::TriggerRecord& trigger = program.triggers()[trigger_index];
  const format::ActionRecord& action = program.actions()[action_index];
  g_proposal = {
      text_of(program, trigger.id + 1),
      text_of(program, program.channels()[action.channel].id + 1),
      text_of(program, action.slot == 0 ? 0 : program.slots()[action.slot - 1].id + 1),
      text_of(program, trigger.purpose == 0 ? 0 : program.purposes()[trigger.purpose - 1].id + 1),
      text_of(program, trigger.promise == 0 ? 0 : program.promises()[trigger.promise - 1].id + 1),
      text_of(program, action.content + 1),
      text_of(program, action.destination),
  };
  return &g_proposal;
}
