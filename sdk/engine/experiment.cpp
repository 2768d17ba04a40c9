#include "sdk/engine/experiment.hpp"

#include "sdk/engine/bucketing.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/identity.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

using namespace format;

namespace {

// time · u32 key of the treatment · u32 hash of the unit · u8 flags
constexpr std::size_t kTreatmentAt = kTimeBytes;
constexpr std::size_t kUnitAt = kTreatmentAt + 4;
constexpr std::size_t kFlagsAt = kUnitAt + 4;
static_assert(kAssignmentBytes == kFlagsAt + 1);
constexpr std::uint8_t kHeldOut = 1;
constexpr std::uint8_t kCrossed = 2;

struct FoundCell {
  bool found = false;
  std::uint32_t cell = 0;
};

FoundCell find_cell(const Program& program, const ExperimentRecord& experiment, std::uint32_t key) noexcept {
  for (std::uint32_t i = experiment.cells.begin; i < experiment.cells.end; ++i) {
    if (program.cells()[i].key == key) return {true, i};
  }
  return {};
}

std::string_view unit_in(const Scope& scope, const ExperimentRecord& experiment) noexcept {
  const Value unit = fact_value(scope, experiment.unit_fact, 0);
  return unit.is_string() ? unit.text() : std::string_view{};
}

bool takes_part(const Program& program, const ExperimentRecord& experiment, std::string_view unit) noexcept {
  if (bucket_of(experiment.coverage_seed, unit) >= experiment.coverage) return false;
  if (experiment.name_space == 0) return true;
  const std::uint32_t bucket = coarse_bucket_of(unit, program.string(experiment.name_space - 1));
  return bucket >= experiment.namespace_from && bucket < experiment.namespace_to;
}

// The level whose buckets end first behind the unit's. The last level takes the rest.
std::uint32_t level_of(const Program& program, const FactorRecord& factor, std::string_view unit) noexcept {
  const std::uint32_t bucket = bucket_of(factor.seed, unit);
  std::uint32_t level = factor.levels.begin;
  while (level + 1 < factor.levels.end && bucket >= program.list(level)) ++level;
  return level - factor.levels.begin;
}

Place place_of_unit(const Program& program, const ExperimentRecord& experiment,
                    std::string_view unit) noexcept {
  if (unit.empty() || !takes_part(program, experiment, unit)) return {};
  std::uint32_t cell = 0;
  for (std::uint32_t i = experiment.factors.begin; i < experiment.factors.end; ++i) {
    const FactorRecord& factor = program.factors()[i];
    cell = cell * (factor.levels.end - factor.levels.begin) + level_of(program, factor, unit);
  }
  Place place;
  place.is_assigned = true;
  place.is_held_out = bucket_of(experiment.holdout_seed, unit) < experiment.holdout;
  place.cell = experiment.cells.begin + cell;
  return place;
}

// The remembered place, else the one the scope's event would bring.
Place place_in(const Scope& scope, std::uint32_t experiment) noexcept {
  const Place known = read_place(scope.program, scope.state, experiment);
  if (known.is_assigned) return known;
  const ExperimentRecord& record = scope.program.experiments()[experiment];
  return place_of_unit(scope.program, record, unit_in(scope, record));
}

void remember(const Scope& scope, State& state, std::uint32_t experiment, std::uint32_t treatment_key,
              bool is_held_out, std::string_view unit) noexcept {
  const ExperimentRecord& record = scope.program.experiments()[experiment];
  const MutablePayload payload = state.resize(record.key, Family::assignment, kAssignmentBytes);
  if (!payload) return;
  store_time(payload.data(), scope.time_ms);
  store(&payload[kTreatmentAt], treatment_key);
  store(&payload[kUnitAt], fnv1a(unit));
  payload[kFlagsAt] = is_held_out ? kHeldOut : 0;
}

void assign_in(const Scope& scope, State& state, std::uint32_t experiment, Outcome& outcome) noexcept {
  const Program& program = scope.program;
  if (scope.event == nullptr || read_place(program, state, experiment).is_assigned) return;
  const ExperimentRecord& record = program.experiments()[experiment];
  const std::string_view unit = unit_in(scope, record);
  const Place place = place_of_unit(program, record, unit);
  if (!place.is_assigned) return;
  const CellRecord& cell = program.cells()[place.cell];
  remember(scope, state, experiment, cell.key, place.is_held_out, unit);
  outcome.add(Assignment{experiment, cell.treatment + 1, place.is_held_out, scope.time_ms, unit,
                         scope.event->message_id});
}

std::string_view text_fact(const Scope& scope, EngineFact fact) noexcept {
  const Value value = engine_fact(scope.program, *scope.event, fact);
  return value.is_string() ? value.text() : std::string_view{};
}

std::int64_t find_experiment(const Program& program, std::string_view id) noexcept {
  const std::uint32_t key = definition_key("experiment", id);
  for (std::uint32_t i = 0; i < program.experiments().size(); ++i) {
    if (program.experiments()[i].key == key) return i;
  }
  return -1;
}

}  // namespace

Place read_place(const Program& program, const State& state, std::uint32_t experiment) noexcept {
  const ExperimentRecord& record = program.experiments()[experiment];
  const Payload payload = state.find(record.key, Family::assignment);
  if (payload.size() != kAssignmentBytes) return {};
  const FoundCell found = find_cell(program, record, load<std::uint32_t>(&payload[kTreatmentAt]));
  if (!found.found) return {};
  return {true, (payload[kFlagsAt] & kHeldOut) != 0, (payload[kFlagsAt] & kCrossed) != 0, found.cell,
          load_time(payload.data())};
}

TriggerForm form_of(const Scope& scope, std::uint32_t trigger) noexcept {
  const Program& program = scope.program;
  const TriggerRecord& declared = program.triggers()[trigger];
  TriggerForm form{declared.is_disabled == 0, false, 0, declared.wait_ms, declared.actions};
  if constexpr (builds(kFeatureExperiment)) {
    if (const std::uint32_t holdout = program.header().holdout_experiment; holdout != 0) {
      form.is_held_out = place_in(scope, holdout - 1).is_held_out;
    }
    if (declared.experiment == 0) return form;
    const Place place = place_in(scope, declared.experiment - 1);
    if (!place.is_assigned) return form;
    const std::uint32_t cell = place.cell - program.experiments()[declared.experiment - 1].cells.begin;
    const FormRecord& treated = program.forms()[declared.forms.begin + cell];
    form.is_enabled = treated.is_disabled == 0;
    form.is_held_out = form.is_held_out || place.is_held_out;
    form.treatment = program.cells()[place.cell].treatment + 1;
    form.wait_ms = treated.wait_ms;
    form.actions = treated.actions;
  }
  return form;
}

void assign(const Scope& scope, State& state, std::uint32_t trigger, Outcome& outcome) noexcept {
  if constexpr (builds(kFeatureExperiment)) {
    const std::uint32_t holdout = scope.program.header().holdout_experiment;
    if (holdout != 0) assign_in(scope, state, holdout - 1, outcome);
    const std::uint32_t own = scope.program.triggers()[trigger].experiment;
    if (own != 0) assign_in(scope, state, own - 1, outcome);
  }
}

void inherit_places(const Program& program, State& state, const State& before) noexcept {
  for (std::uint32_t i = 0; i < program.experiments().size(); ++i) {
    if (!read_place(program, before, i).is_assigned) continue;
    const std::uint32_t key = program.experiments()[i].key;
    const MutablePayload place = state.resize(key, Family::assignment, kAssignmentBytes);
    if (place) std::memcpy(place.data(), before.find(key, Family::assignment).data(), kAssignmentBytes);
  }
}

void adopt_assignment(const Scope& scope, State& state) noexcept {
  if constexpr (builds(kFeatureExperiment)) {
    const Program& program = scope.program;
    if (program.experiments().size() == 0 || scope.event->type != EventType::track ||
        scope.event->name != "Experiment Assigned") {
      return;
    }
    const std::int64_t found = find_experiment(program, text_fact(scope, EngineFact::experiment));
    if (found < 0) return;
    const auto experiment = static_cast<std::uint32_t>(found);
    const ExperimentRecord& record = program.experiments()[experiment];
    const std::uint32_t key = definition_key("treatment", text_fact(scope, EngineFact::treatment));
    if (!find_cell(program, record, key).found) return;
    const bool is_held_out = engine_fact(program, *scope.event, EngineFact::holdout).boolean();
    const Place known = read_place(program, state, experiment);
    if (!known.is_assigned) {
      remember(scope, state, experiment, key, is_held_out, text_fact(scope, EngineFact::unit));
    } else if (program.cells()[known.cell].key != key || known.is_held_out != is_held_out) {
      state.find(record.key, Family::assignment)[kFlagsAt] |= kCrossed;
    }
  }
}

}  // namespace desirepath
