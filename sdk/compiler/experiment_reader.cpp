#include <algorithm>
#include <cmath>

#include "sdk/compiler/duration.hpp"
#include "sdk/compiler/journey_parts.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

namespace {

// How far the weights of a factor may miss 1: less than the share of one bucket.
constexpr double kWeightsTolerance = 1e-6;
constexpr std::size_t kLevelsMin = 2;

double read_share(Reading& reading, ObjectReader& reader, std::string_view key, double fallback) {
  const double share = reader.number(key, fallback);
  if (share >= 0 && share <= 1) return share;
  reading.diagnostics.error(reader.member(key)->offset, "'" + std::string(key) + "' of " + reader.what() +
                                                            " must be a share from 0 to 1");
  return fallback;
}

const TriggerSpec* find_trigger(const Reading& reading, std::string_view id) {
  for (const TriggerSpec& trigger : reading.journey.triggers) {
    if (trigger.id.text == id) return &trigger;
  }
  return nullptr;
}

// A mistake of one level, told at its place.
void refuse_level(Reading& reading, const JsonNode& level, const std::string& path, const std::string& must) {
  reading.diagnostics.error(level.offset,
                            "a level of '" + path + "' must be " + must + ", not " +
                                (level.is_string() ? "'" + level.text + "'" : name_of(level.kind)));
}

void read_wait(Reading& reading, const JsonNode& node, const std::string& path, LevelSpec& level) {
  const auto parsed = node.is_string() ? parse_duration(node.text) : std::nullopt;
  if (!parsed || *parsed < kWaitMinMs || *parsed > kWaitMaxMs) {
    return refuse_level(reading, node, path, "a duration from 1s to 200y, such as \"30m\"");
  }
  level.wait_ms = *parsed;
  level.text = node.text;
}

// One channel or a list of them, each one that the trigger speaks on.
void read_channels(Reading& reading, const JsonNode& node, const std::string& path,
                   const TriggerSpec& trigger, LevelSpec& level) {
  std::vector<std::string> spoken;
  for (const ActionSpec& action : trigger.actions) spoken.push_back(action.channel.text);
  const auto add = [&](const JsonNode& channel) {
    if (!channel.is_string()) return refuse_level(reading, channel, path, "a channel or a list of channels");
    if (std::find(spoken.begin(), spoken.end(), channel.text) == spoken.end()) {
      reading.diagnostics.error(channel.offset, quoted("trigger", trigger.id.text) +
                                                    " has no action on channel '" + channel.text + "'" +
                                                    did_you_mean(channel.text, spoken));
    }
    level.text += (level.channels.empty() ? "" : "+") + channel.text;
    level.channels.push_back(channel.text);
  };
  if (!node.is_array()) return add(node);
  if (node.items.empty()) refuse_level(reading, node, path, "a channel or a list of channels");
  for (const JsonNode& channel : node.items) add(channel);
}

LevelSpec read_level(Reading& reading, const JsonNode& node, const std::string& path, std::size_t number,
                     const PathSpec& spec, const TriggerSpec& trigger) {
  LevelSpec level;
  switch (spec.kind) {
    case PathKind::wait: read_wait(reading, node, path, level); break;
    case PathKind::channels: read_channels(reading, node, path, trigger, level); break;
    case PathKind::content:
      if (!node.is_object()) refuse_level(reading, node, path, "an object");
      level.content = node.is_object() ? compact_json(reading.text, node) : "{}";
      level.content_source = &node;
      level.text = std::to_string(number);
      break;
    case PathKind::enabled:
      if (!node.is_boolean()) refuse_level(reading, node, path, "true or false");
      level.is_enabled = node.boolean;
      level.text = node.boolean ? "true" : "false";
      break;
  }
  return level;
}

// The trigger and what of it is meant; null, after a diagnostic, for a path that leads nowhere.
const TriggerSpec* read_path(Reading& reading, const JsonMember& member, PathSpec& path) {
  const std::vector<std::pair<std::string, PathKind>> kinds = {{"for", PathKind::wait},
                                                               {"do", PathKind::channels},
                                                               {"content", PathKind::content},
                                                               {"enabled", PathKind::enabled}};
  const std::size_t dot = member.key.rfind('.');
  const std::string id = member.key.substr(0, dot);
  const std::string field = dot == std::string::npos ? "" : member.key.substr(dot + 1);
  std::vector<std::string> fields;
  for (const auto& [word, kind] : kinds) fields.push_back(word);
  const auto kind = std::find(fields.begin(), fields.end(), field);
  if (kind == fields.end()) {
    reading.diagnostics.error(member.offset,
                              "'" + member.key +
                                  "' is no path; write '<trigger>.for', '.do', '.content' or '.enabled'" +
                                  did_you_mean(field, fields));
    return nullptr;
  }
  const TriggerSpec* trigger = find_trigger(reading, id);
  if (trigger == nullptr) {
    reading.diagnostics.error(
        member.offset, "unknown trigger '" + id + "'" + did_you_mean(id, names_of(reading.trigger_ids)));
    return nullptr;
  }
  path.trigger = {id, member.offset};
  path.kind = kinds[static_cast<std::size_t>(kind - fields.begin())].second;
  if (path.kind == PathKind::wait && trigger->wait_ms == 0) {
    reading.diagnostics.error(member.offset,
                              quoted("trigger", id) + " does not wait: without 'after' it has no 'for'");
  }
  return trigger;
}

void read_levels(Reading& reading, const JsonMember& member, const std::string& what, FactorSpec& factor) {
  PathSpec path;
  const TriggerSpec* trigger = read_path(reading, member, path);
  if (!member.value.is_array() || member.value.items.size() < kLevelsMin) {
    reading.diagnostics.error(member.value.offset,
                              "'" + member.key + "' of " + what + " lists its levels, two or more");
    return;
  }
  if (trigger == nullptr) return;
  for (const JsonNode& item : member.value.items) {
    path.levels.push_back(read_level(reading, item, member.key, path.levels.size(), path, *trigger));
  }
  if (!factor.paths.empty() && factor.paths.front().levels.size() != path.levels.size()) {
    reading.diagnostics.error(member.value.offset, "'" + member.key + "' has " +
                                                       std::to_string(path.levels.size()) + " levels, '" +
                                                       factor.first_path + "' of the same factor " +
                                                       std::to_string(factor.paths.front().levels.size()));
    return;
  }
  if (factor.paths.empty()) factor.first_path = member.key;
  factor.paths.push_back(std::move(path));
}

void check_levels_differ(Reading& reading, const FactorSpec& factor, const std::string& what) {
  if (factor.paths.empty()) return;
  std::set<std::string> texts;
  for (const LevelSpec& level : factor.paths.front().levels) {
    if (level.text.empty() || texts.insert(level.text).second) continue;
    reading.diagnostics.error(factor.name.offset, what + " has the level '" + level.text + "' twice");
  }
}

FactorSpec read_factor(Reading& reading, const JsonMember& member, const std::string& experiment) {
  FactorSpec factor;
  factor.name = {member.key, member.offset};
  const std::string what = quoted("factor", member.key) + " of " + experiment;
  if (member.key.empty() || member.key.find_first_of(",=~#") != std::string::npos) {
    reading.diagnostics.error(member.offset, "the name of a factor must not contain ',', '=', '~' or '#'");
  }
  if (member.key == "coverage" || member.key == "holdout") {
    reading.diagnostics.error(member.offset, "a factor cannot be called '" + member.key +
                                                 "': it would divide people as the experiment's own does");
  }
  ObjectReader reader(member.value, what, reading.diagnostics);
  for (const JsonMember& path : member.value.members) read_levels(reading, path, what, factor);
  if (member.value.is_object() && member.value.members.empty()) {
    reading.diagnostics.error(member.value.offset, what + " changes nothing");
  }
  check_levels_differ(reading, factor, what);
  return factor;
}

void read_weights(Reading& reading, const JsonMember& member, ExperimentSpec& experiment) {
  const auto factor = std::find_if(experiment.factors.begin(), experiment.factors.end(),
                                   [&](const FactorSpec& spec) { return spec.name.text == member.key; });
  if (factor == experiment.factors.end()) {
    std::vector<std::string> names;
    for (const FactorSpec& spec : experiment.factors) names.push_back(spec.name.text);
    reading.diagnostics.error(member.offset,
                              "unknown factor '" + member.key + "'" + did_you_mean(member.key, names));
    return;
  }
  const std::size_t levels = factor->paths.empty() ? 0 : factor->paths.front().levels.size();
  double total = 0;
  for (const JsonNode& weight : member.value.items) {
    const bool is_share = weight.is_number() && weight.number >= 0 && weight.number <= 1;
    if (!is_share) reading.diagnostics.error(weight.offset, "a weight is a share from 0 to 1");
    factor->weights.push_back(is_share ? weight.number : 0);
    total += factor->weights.back();
  }
  if (!member.value.is_array() || factor->weights.size() != levels) {
    reading.diagnostics.error(member.value.offset, "the weights of " + quoted("factor", member.key) +
                                                       " must be as many as its " + std::to_string(levels) +
                                                       " levels");
  } else if (std::fabs(total - 1) > kWeightsTolerance) {
    reading.diagnostics.error(member.value.offset,
                              "the weights of " + quoted("factor", member.key) + " must add up to 1");
  }
}

void read_namespace(Reading& reading, ObjectReader& experiment, ExperimentSpec& spec) {
  const JsonNode* node = experiment.object("namespace");
  if (node == nullptr) return;
  ObjectReader reader(*node, "'namespace' of " + experiment.what(), reading.diagnostics);
  spec.name_space = reader.required_text("id");
  reader.required("range");
  const JsonNode* range = reader.array("range");
  reader.finish();
  if (range == nullptr) return;
  const auto is_share = [](const JsonNode& node_) {
    return node_.is_number() && node_.number >= 0 && node_.number <= 1;
  };
  if (range->items.size() != 2 || !is_share(range->items[0]) || !is_share(range->items[1]) ||
      range->items[0].number >= range->items[1].number) {
    reading.diagnostics.error(range->offset,
                              "'range' of " + reader.what() + " must be [FROM, TO], from 0 to 1");
    return;
  }
  spec.namespace_from = range->items[0].number;
  spec.namespace_to = range->items[1].number;
}

void read_experiment_outcome(Reading& reading, ObjectReader& experiment, ExperimentSpec& spec) {
  const JsonNode* outcome = experiment.object("outcome");
  if (outcome == nullptr) return;
  ObjectReader reader(*outcome, "'outcome' of " + experiment.what(), reading.diagnostics);
  spec.outcome = reader.required_text("behavior");
  reader.duration("within");
  reader.finish();
}

// A trigger belongs to one experiment, a path to one factor.
void check_belonging(Reading& reading, const ExperimentSpec& experiment) {
  std::set<std::pair<std::string, PathKind>> seen;
  for (const FactorSpec& factor : experiment.factors) {
    for (const PathSpec& path : factor.paths) {
      for (const ExperimentSpec& other : reading.journey.experiments) {
        if (!other.changes(path.trigger.text)) continue;
        reading.diagnostics.error(path.trigger.offset,
                                  quoted("trigger", path.trigger.text) + " is already in " +
                                      quoted("experiment", other.id.text) + "; a trigger belongs to one");
      }
      if (seen.emplace(path.trigger.text, path.kind).second) continue;
      reading.diagnostics.error(path.trigger.offset,
                                "two factors of " + quoted("experiment", experiment.id.text) +
                                    " change the same of " + quoted("trigger", path.trigger.text));
    }
  }
}

void check_cells(Reading& reading, const ExperimentSpec& experiment, std::size_t offset) {
  std::size_t cells = 1;
  for (const FactorSpec& factor : experiment.factors) {
    if (!factor.paths.empty())
      cells = std::min<std::size_t>(cells * factor.paths.front().levels.size(), kCellsMax + 1);
  }
  if (cells <= kCellsMax) return;
  reading.diagnostics.error(offset, quoted("experiment", experiment.id.text) + " has more than " +
                                        std::to_string(kCellsMax) + " treatments");
}

}  // namespace

bool ExperimentSpec::changes(std::string_view trigger) const {
  return std::any_of(factors.begin(), factors.end(), [&](const FactorSpec& factor) {
    return std::any_of(factor.paths.begin(), factor.paths.end(),
                       [&](const PathSpec& path) { return path.trigger.text == trigger; });
  });
}

void read_experiment(Reading& reading, const JsonNode& node) {
  const std::string id = id_of(reading, node, "experiment", reading.experiment_ids);
  ObjectReader reader(node, id.empty() ? "an experiment" : quoted("experiment", id), reading.diagnostics);
  ExperimentSpec experiment;
  experiment.id = reader.required_text("id");
  experiment.offset = node.offset;
  if (id == kHoldoutExperiment) {
    reading.diagnostics.error(experiment.id.offset, "'holdout' is the name of the journey's own holdout");
  }
  const Name unit = reader.text("unit");
  if (!unit.empty()) experiment.unit = unit.text;
  if (experiment.unit != "anonymousId" && experiment.unit != "userId") {
    reading.diagnostics.error(unit.offset, "unknown unit '" + unit.text +
                                               "'; there are 'anonymousId' and 'userId'" +
                                               did_you_mean(unit.text, {"anonymousId", "userId"}));
  }
  experiment.coverage = read_share(reading, reader, "coverage", 1);
  experiment.holdout = read_share(reading, reader, "holdout", 0);
  experiment.is_public = reader.flag("public", false);
  read_namespace(reading, reader, experiment);
  reader.required("factors");
  const JsonNode* factors = reader.object("factors");
  if (factors != nullptr && factors->members.empty()) {
    reading.diagnostics.error(factors->offset, reader.what() + " tries nothing: 'factors' is empty");
  }
  if (factors != nullptr) {
    for (const JsonMember& factor : factors->members) {
      experiment.factors.push_back(read_factor(reading, factor, reader.what()));
    }
  }
  if (const JsonNode* weights = reader.object("weights")) {
    for (const JsonMember& member : weights->members) read_weights(reading, member, experiment);
  }
  read_experiment_outcome(reading, reader, experiment);
  reader.text("owner");
  reader.text("description");
  reader.finish();
  check_belonging(reading, experiment);
  check_cells(reading, experiment, node.offset);
  if (reading.journey.experiments.size() + 1 == kExperimentsMax) {
    reading.diagnostics.error(node.offset,
                              "more than " + std::to_string(kExperimentsMax - 1) + " experiments");
  }
  reading.journey.experiments.push_back(std::move(experiment));
}

void read_holdout(Reading& reading, ObjectReader& journey) {
  reading.journey.holdout = read_share(reading, journey, "holdout", 0);
}

}  // namespace desirepath::compiler
