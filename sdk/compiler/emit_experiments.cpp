#include <algorithm>

#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/bucketing.hpp"
#include "sdk/engine/features.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

// How many of the buckets lie below a share.
std::uint32_t buckets_below(double share, std::uint32_t buckets) {
  std::uint32_t below = 0;
  while (below < buckets && share_of(below, buckets) < share) ++below;
  return below;
}

std::uint32_t seed_of(const std::string& scope, std::string_view purpose) {
  return fnv1a(scope + ":" + std::string(purpose));
}

std::uint32_t level_count(const FactorSpec& factor) {
  return static_cast<std::uint32_t>(factor.paths.empty() ? 0 : factor.paths.front().levels.size());
}

std::uint32_t cell_count(const ExperimentSpec& experiment) {
  std::uint32_t cells = 1;
  for (const FactorSpec& factor : experiment.factors) cells *= level_count(factor);
  return cells;
}

// The level of each factor in a cell; the last factor's levels change fastest.
std::vector<std::uint32_t> levels_of(const ExperimentSpec& experiment, std::uint32_t cell) {
  std::vector<std::uint32_t> levels(experiment.factors.size());
  for (std::size_t i = levels.size(); i-- > 0;) {
    levels[i] = cell % level_count(experiment.factors[i]);
    cell /= level_count(experiment.factors[i]);
  }
  return levels;
}

std::string treatment_text(const ExperimentSpec& experiment, std::uint32_t cell) {
  const std::vector<std::uint32_t> levels = levels_of(experiment, cell);
  std::string text;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const FactorSpec& factor = experiment.factors[i];
    text += (i == 0 ? "" : ",") + factor.name.text + "=" + factor.paths.front().levels[levels[i]].text;
  }
  return text;
}

// For each level the bucket behind its last.
Range emit_levels(Emission& emission, const FactorSpec& factor) {
  std::vector<BucketRange> ranges(level_count(factor));
  divide_buckets(1, factor.weights, ranges);
  std::vector<std::uint32_t> ends(ranges.size(), kBuckets);
  for (std::uint32_t bucket = kBuckets; bucket-- > 0;) {
    const std::int32_t level = choose_range(share_of(bucket, kBuckets), ranges);
    for (std::size_t i = 0; level >= 0 && i < static_cast<std::size_t>(level); ++i) ends[i] = bucket;
  }
  return emission.builder.list(ends);
}

void ask_for_facts(Emission& emission) {
  emission.needs(kFeatureExperiment);
  emission.builder.engine_fact(EngineFact::experiment, Root::properties, "experiment");
  emission.builder.engine_fact(EngineFact::treatment, Root::properties, "treatment");
  emission.builder.engine_fact(EngineFact::unit, Root::properties, "unit");
}

std::uint32_t emit_cell(Emission& emission, const Name& at, const std::string& text, bool is_public) {
  emission.builder.cells.push_back(
      {emission.shown_id("treatment", text, is_public), emission.unique_key("treatment", {text, at.offset})});
  return static_cast<std::uint32_t>(emission.builder.cells.size());
}

void emit_experiment(Emission& emission, const ExperimentSpec& spec) {
  ProgramBuilder& builder = emission.builder;
  ExperimentRecord record{};
  record.id = emission.shown_id("experiment", spec.id.text, spec.is_public);
  record.key = emission.unique_key("experiment", spec.id);
  record.unit_fact = builder.fact(Root::event, spec.unit);
  record.coverage = buckets_below(spec.coverage, kBuckets);
  record.coverage_seed = seed_of(spec.id.text, "coverage");
  record.holdout = buckets_below(spec.holdout, kBuckets);
  record.holdout_seed = seed_of(spec.id.text, "holdout");
  if (!spec.name_space.empty()) {
    record.name_space = builder.string("__" + spec.name_space.text) + 1;
    record.namespace_from = buckets_below(spec.namespace_from, kCoarseBuckets);
    record.namespace_to = buckets_below(spec.namespace_to, kCoarseBuckets);
  }
  record.factors.begin = static_cast<std::uint32_t>(builder.factors.size());
  for (const FactorSpec& factor : spec.factors) {
    builder.factors.push_back({seed_of(spec.id.text, factor.name.text), emit_levels(emission, factor)});
  }
  record.factors.end = static_cast<std::uint32_t>(builder.factors.size());
  record.cells.begin = static_cast<std::uint32_t>(builder.cells.size());
  for (std::uint32_t cell = 0; cell < cell_count(spec); ++cell) {
    record.cells.end = emit_cell(emission, spec.id, treatment_text(spec, cell), spec.is_public);
  }
  builder.experiments.push_back(record);
}

// The journey's holdout is an experiment of one factor, whose first level is out.
void emit_holdout(Emission& emission) {
  ProgramBuilder& builder = emission.builder;
  const Name id{std::string(kHoldoutExperiment), 0};
  const std::uint32_t seed = seed_of(emission.journey.name, kHoldoutExperiment);
  const std::uint32_t held_out = buckets_below(emission.journey.holdout, kBuckets);
  ExperimentRecord record{};
  record.id = emission.shown_id("experiment", id.text, false);
  record.key = emission.unique_key("experiment", id);
  record.unit_fact = builder.fact(Root::event, "anonymousId");
  record.coverage = kBuckets;
  record.holdout = held_out;
  record.holdout_seed = seed;
  record.factors.begin = static_cast<std::uint32_t>(builder.factors.size());
  builder.factors.push_back({seed, builder.list({held_out, kBuckets})});
  record.factors.end = static_cast<std::uint32_t>(builder.factors.size());
  record.cells.begin = static_cast<std::uint32_t>(builder.cells.size());
  emit_cell(emission, id, "out", false);
  record.cells.end = emit_cell(emission, id, "in", false);
  builder.experiments.push_back(record);
  builder.header.holdout_experiment = static_cast<std::uint32_t>(builder.experiments.size());
}

// A trigger as one cell has it.
struct Form {
  std::int64_t wait_ms = 0;
  bool is_enabled = true;
  const std::vector<std::string>* channels = nullptr;  // null: all
  const LevelSpec* content = nullptr;                  // null: each action's own
};

Form form_of_cell(const ExperimentSpec& experiment, const TriggerSpec& trigger, std::uint32_t cell) {
  Form form{trigger.wait_ms, trigger.is_enabled};
  const std::vector<std::uint32_t> levels = levels_of(experiment, cell);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    for (const PathSpec& path : experiment.factors[i].paths) {
      if (path.trigger.text != trigger.id.text) continue;
      const LevelSpec& level = path.levels[levels[i]];
      switch (path.kind) {
        case PathKind::wait: form.wait_ms = level.wait_ms; break;
        case PathKind::channels: form.channels = &level.channels; break;
        case PathKind::content: form.content = &level; break;
        case PathKind::enabled: form.is_enabled = level.is_enabled; break;
      }
    }
  }
  return form;
}

std::vector<ActionSpec> actions_of(const TriggerSpec& trigger, const Form& form) {
  std::vector<ActionSpec> actions;
  for (const ActionSpec& action : trigger.actions) {
    if (form.channels != nullptr && std::find(form.channels->begin(), form.channels->end(),
                                              action.channel.text) == form.channels->end()) {
      continue;
    }
    actions.push_back(action);
    if (form.content == nullptr) continue;
    actions.back().content = form.content->content;
    actions.back().content_source = form.content->content_source;
  }
  return actions;
}

}  // namespace

const ExperimentSpec* experiment_on(const Journey& journey, const TriggerSpec& trigger) {
  for (const ExperimentSpec& experiment : journey.experiments) {
    if (experiment.changes(trigger.id.text)) return &experiment;
  }
  return nullptr;
}

bool can_be_enabled(const Journey& journey, const TriggerSpec& trigger) {
  const ExperimentSpec* experiment = experiment_on(journey, trigger);
  if (trigger.is_enabled || experiment == nullptr) return trigger.is_enabled;
  for (std::uint32_t cell = 0; cell < cell_count(*experiment); ++cell) {
    if (form_of_cell(*experiment, trigger, cell).is_enabled) return true;
  }
  return false;
}

void emit_forms(Emission& emission, const TriggerSpec& spec, TriggerRecord& record) {
  record.is_disabled = spec.is_enabled ? 0 : 1;
  const ExperimentSpec* experiment = experiment_on(emission.journey, spec);
  if (experiment == nullptr) return;
  record.experiment = emission.experiments.index_of(*experiment) + 1;
  std::map<std::pair<const void*, const void*>, Range> written;
  std::vector<FormRecord> forms;
  for (std::uint32_t cell = 0; cell < cell_count(*experiment); ++cell) {
    const Form form = form_of_cell(*experiment, spec, cell);
    const auto [actions, is_new] = written.emplace(std::pair(form.channels, form.content), Range{});
    if (is_new) actions->second = emit_actions(emission, actions_of(spec, form));
    forms.push_back({form.wait_ms, actions->second, form.is_enabled ? 0u : 1u, 0});
  }
  record.forms.begin = static_cast<std::uint32_t>(emission.builder.forms.size());
  emission.builder.forms.insert(emission.builder.forms.end(), forms.begin(), forms.end());
  record.forms.end = static_cast<std::uint32_t>(emission.builder.forms.size());
}

void emit_experiments(Emission& emission) {
  const bool is_held_out = emission.journey.holdout > 0 && !emission.triggers.empty();
  if (emission.experiments.in_order().empty() && !is_held_out) return;
  ask_for_facts(emission);
  for (const ExperimentSpec* spec : emission.experiments.in_order()) emit_experiment(emission, *spec);
  if (is_held_out) emit_holdout(emission);
}

}  // namespace desirepath::compiler
