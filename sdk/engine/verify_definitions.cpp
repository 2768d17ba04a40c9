#include "sdk/engine/behavior.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/verify.hpp"

namespace desirepath {

using namespace format;

bool ProgramVerifier::check_bounds() noexcept {
  const Header& header = program_.header();
  if (program_.slots().size() > kSlotsMax) return wrong_at(&program_.entry(Section::slots));
  if (program_.channels().size() > kChannelsMax) return wrong_at(&program_.entry(Section::channels));
  if (program_.suppressions().size() > kSuppressionsMax) {
    return wrong_at(&program_.entry(Section::suppressions));
  }
  if (program_.watches().size() > kWatchesMax) return wrong_at(&program_.entry(Section::watches));
  if (header.decisions_max > program_.actions().size()) return wrong_at(&header.decisions_max);
  // A trigger's wait, a watch or the stage: each has one anchor.
  if (header.anchors_max > std::uint64_t{program_.triggers().size()} + kWatchesMax + 1) {
    return wrong_at(&header.anchors_max);
  }
  if (header.journey >= program_.strings().size()) return wrong_at(&header.journey);
  for (const std::uint32_t& fact : header.facts) {
    if (fact > program_.facts().size()) return wrong_at(&fact);
  }
  for (std::uint32_t i = 0; i < program_.events().size(); ++i) {
    const Range& indexes = program_.events()[i].indexes;
    if (indexes.end - indexes.begin > kIndexesPerEventMax) return wrong_at(&indexes);
  }
  return true;
}

bool ProgramVerifier::check_behaviors() noexcept {
  for (std::uint32_t i = 0; i < program_.behaviors().size(); ++i) {
    const BehaviorRecord& behavior = program_.behaviors()[i];
    if (behavior.keep - 1 >= kBehaviorKeepMax) return wrong_at(&behavior.keep);
    if (!says(feature_of(static_cast<BehaviorKind>(behavior.kind)))) return wrong_at(&behavior.kind);
    const std::uint32_t steps = behavior.steps.end - behavior.steps.begin;
    const std::uint32_t breakers = behavior.breakers.end - behavior.breakers.begin;
    const bool is_sequence = behavior.kind == static_cast<std::uint32_t>(BehaviorKind::sequence);
    if (is_sequence && (steps < 2 || steps > kSequenceStepsMax || breakers > kSequenceStepsMax)) {
      return wrong_at(&behavior.steps);
    }
  }
  return true;
}

bool ProgramVerifier::check_scores() noexcept {
  const bool has_scores = program_.scores().size() != 0;
  return !has_scores || says(kFeatureScore) || wrong_at(&program_.entry(Section::scores));
}

bool ProgramVerifier::check_asks() noexcept {
  for (std::uint32_t i = 0; i < program_.asks().size(); ++i) {
    const AskRecord& ask = program_.asks()[i];
    if (ask.keep - 1 > kCapTimesMax) return wrong_at(&ask.keep);
  }
  return true;
}

bool ProgramVerifier::check_schedules() noexcept {
  for (std::uint32_t i = 0; i < program_.schedules().size(); ++i) {
    const ScheduleRecord& schedule = program_.schedules()[i];
    const bool is_trait = schedule.source == static_cast<std::uint32_t>(DateSource::trait);
    if (schedule.index >= (is_trait ? program_.traits().size() : program_.behaviors().size())) {
      return wrong_at(&schedule.index);
    }
    if (schedule.offset_ms < -kTimeMaxMs || schedule.offset_ms > kTimeMaxMs) {
      return wrong_at(&schedule.offset_ms);
    }
    if (schedule.minute > kMinutesPerDay) return wrong_at(&schedule.minute);
  }
  return true;
}

bool ProgramVerifier::has_its_cells(const ExperimentRecord& experiment) const noexcept {
  std::uint64_t cells = 1;
  for (std::uint32_t i = experiment.factors.begin; i < experiment.factors.end; ++i) {
    const Range& levels = program_.factors()[i].levels;
    cells *= levels.end - levels.begin;
    if (cells > kCellsMax) return false;
  }
  return cells != 0 && cells == experiment.cells.end - experiment.cells.begin;
}

bool ProgramVerifier::has_its_forms(const TriggerRecord& trigger) const noexcept {
  if (trigger.experiment == 0) return true;
  const Range& cells = program_.experiments()[trigger.experiment - 1].cells;
  if (trigger.forms.end - trigger.forms.begin != cells.end - cells.begin) return false;
  for (std::uint32_t i = trigger.forms.begin; i < trigger.forms.end; ++i) {
    if ((program_.forms()[i].wait_ms == 0) != (trigger.wait_ms == 0)) return false;
  }
  return true;
}

bool ProgramVerifier::check_experiments() noexcept {
  const Header& header = program_.header();
  if (program_.experiments().size() > kExperimentsMax) {
    return wrong_at(&program_.entry(Section::experiments));
  }
  if (header.holdout_experiment > program_.experiments().size()) {
    return wrong_at(&header.holdout_experiment);
  }
  for (std::uint32_t i = 0; i < program_.experiments().size(); ++i) {
    const ExperimentRecord& experiment = program_.experiments()[i];
    if (!has_its_cells(experiment)) return wrong_at(&experiment);
  }
  for (std::uint32_t i = 0; i < program_.triggers().size(); ++i) {
    const TriggerRecord& trigger = program_.triggers()[i];
    if (!has_its_forms(trigger)) return wrong_at(&trigger);
  }
  return true;
}

}  // namespace desirepath
