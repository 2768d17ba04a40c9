#include "tests/reference/experiments.hpp"

#include <algorithm>

#include "tests/reference/facts.hpp"

namespace desirepath::reference {

namespace {

constexpr const char* kHoldout = "holdout";

std::uint32_t fnv1a_32(const std::string& text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

double bucket(const std::string& seed, const std::string& unit) {
  return fnv1a_32(std::to_string(fnv1a_32(seed + unit))) % 10000 / 10000.0;
}

bool takes_part(const Json& experiment, const std::string& unit) {
  if (bucket(text_of(experiment, "id") + ":coverage", unit) >= experiment.value("coverage", 1.0))
    return false;
  if (!experiment.contains("namespace")) return true;
  const Json& space = experiment.at("namespace");
  const double place = fnv1a_32(unit + "__" + text_of(space, "id")) % 1000 / 1000.0;
  return place >= space.at("range").at(0).get<double>() && place < space.at("range").at(1).get<double>();
}

// A factor is an object of paths, each a list of levels.
std::size_t level_count(const Json& factor) {
  return factor.begin().value().size();
}

std::size_t level_of(const Json& experiment, const std::string& name, const std::string& unit) {
  const std::size_t levels = level_count(experiment.at("factors").at(name));
  const Json* weights = experiment.contains("weights") && experiment.at("weights").contains(name)
                            ? &experiment.at("weights").at(name)
                            : nullptr;
  const double share = bucket(text_of(experiment, "id") + ":" + name, unit);
  double end = 0;
  for (std::size_t level = 0; level + 1 < levels; ++level) {
    end += weights == nullptr ? 1.0 / static_cast<double>(levels) : weights->at(level).get<double>();
    if (share < end) return level;
  }
  return levels - 1;
}

std::string level_text(const Json& factor, std::size_t level) {
  const Json& said = factor.begin().value().at(level);
  if (said.is_string()) return said.get<std::string>();
  if (said.is_boolean()) return said.get<bool>() ? "true" : "false";
  if (!said.is_array()) return std::to_string(level);
  std::string text;
  for (const Json& part : said) text += (text.empty() ? "" : "+") + part.get<std::string>();
  return text;
}

std::string treatment_text(const Json& experiment, const std::map<std::string, std::size_t>& levels) {
  std::string text;
  for (const auto& [name, factor] : experiment.at("factors").items()) {
    text += (text.empty() ? "" : ",") + name + "=" + level_text(factor, levels.at(name));
  }
  return text;
}

// The level of each factor in the treatment of that text; nothing where the experiment has no such.
std::optional<std::map<std::string, std::size_t>> levels_of(const Json& experiment, const std::string& text) {
  std::vector<std::map<std::string, std::size_t>> all{{}};
  for (const auto& [name, factor] : experiment.at("factors").items()) {
    std::vector<std::map<std::string, std::size_t>> more;
    for (const auto& levels : all) {
      for (std::size_t level = 0; level < level_count(factor); ++level) {
        more.push_back(levels);
        more.back()[name] = level;
      }
    }
    all = std::move(more);
  }
  for (const auto& levels : all) {
    if (treatment_text(experiment, levels) == text) return levels;
  }
  return std::nullopt;
}

const Json* experiment_of(const Json& journey, const std::string& id) {
  if (!journey.contains("experiments")) return nullptr;
  for (const Json& experiment : journey.at("experiments")) {
    if (text_of(experiment, "id") == id) return &experiment;
  }
  return nullptr;
}

// The experiment one of whose paths changes the trigger; empty for none.
std::string experiment_on(const Json& journey, const std::string& trigger) {
  if (!journey.contains("experiments")) return {};
  for (const Json& experiment : journey.at("experiments")) {
    for (const Json& factor : experiment.at("factors")) {
      for (const auto& [path, levels] : factor.items()) {
        if (path.substr(0, path.rfind('.')) == trigger) return text_of(experiment, "id");
      }
    }
  }
  return {};
}

bool has_holdout(const Json& journey) {
  return journey.value(kHoldout, 0.0) > 0;
}

std::string unit_in(const Moment& moment, const std::string& kind) {
  return moment.event == nullptr ? std::string() : text_of(moment.event->body, kind.c_str());
}

// The place the unit of the moment's event brings.
std::optional<Assignment> new_place(const Moment& moment, const std::string& id) {
  const Json& journey = moment.history.journey;
  Assignment place;
  place.experiment = id;
  place.time = moment.time;
  if (id == kHoldout) {
    place.unit = unit_in(moment, "anonymousId");
    place.is_held_out =
        bucket(text_of(journey, "journey") + ":" + kHoldout, place.unit) < journey.at(kHoldout);
    place.treatment = place.is_held_out ? "out" : "in";
    return place.unit.empty() ? std::nullopt : std::optional<Assignment>(place);
  }
  const Json& experiment = *experiment_of(journey, id);
  const std::string kind = text_of(experiment, "unit");
  place.unit = unit_in(moment, kind.empty() ? "anonymousId" : kind);
  if (place.unit.empty() || !takes_part(experiment, place.unit)) return std::nullopt;
  std::map<std::string, std::size_t> levels;
  for (const auto& [name, factor] : experiment.at("factors").items()) {
    levels[name] = level_of(experiment, name, place.unit);
  }
  place.treatment = treatment_text(experiment, levels);
  place.is_held_out = bucket(id + ":" + kHoldout, place.unit) < experiment.value(kHoldout, 0.0);
  return place;
}

std::optional<Assignment> place_in(const Moment& moment, const std::string& id) {
  const auto known = moment.history.places.find(id);
  return known != moment.history.places.end() ? std::optional<Assignment>(known->second)
                                              : new_place(moment, id);
}

void assign_in(History& history, const Moment& moment, const std::string& id) {
  if (history.places.count(id) != 0) return;
  const auto place = new_place(moment, id);
  if (!place) return;
  history.places[id] = *place;
  history.assignments.push_back(*place);
}

// What one level changes: `path` is `<trigger>.for`, `.do`, `.content` or `.enabled`.
void apply(Form& form, const std::string& path, const Json& level) {
  const std::string member = path.substr(path.rfind('.') + 1);
  if (member == "for") form.trigger["for"] = level;
  if (member == "enabled") form.is_enabled = level.get<bool>();
  if (member != "do") return;
  const Json channels = level.is_array() ? level : Json::array({level});
  Json actions = Json::array();
  for (const Json& action : form.trigger.at("do")) {
    if (std::find(channels.begin(), channels.end(), action.at("channel")) != channels.end()) {
      actions.push_back(action);
    }
  }
  form.trigger["do"] = std::move(actions);
}

}  // namespace

Form form_of(const Moment& moment, const Json& trigger) {
  const Json& journey = moment.history.journey;
  Form form{trigger, trigger.value("enabled", true), false, {}};
  if (has_holdout(journey)) {
    const auto place = place_in(moment, kHoldout);
    form.is_held_out = place && place->is_held_out;
  }
  const std::string id = experiment_on(journey, text_of(trigger, "id"));
  const auto place = id.empty() ? std::nullopt : place_in(moment, id);
  if (!place) return form;
  form.is_held_out = form.is_held_out || place->is_held_out;
  form.treatment = place->treatment;
  const Json& experiment = *experiment_of(journey, id);
  const auto levels = levels_of(experiment, place->treatment);
  for (const auto& [name, factor] : experiment.at("factors").items()) {
    for (const auto& [path, values] : factor.items()) {
      if (path.substr(0, path.rfind('.')) == text_of(trigger, "id"))
        apply(form, path, values.at(levels->at(name)));
    }
  }
  return form;
}

bool has_treatment(const Json& journey, const std::string& experiment, const std::string& treatment) {
  if (experiment == kHoldout) return has_holdout(journey) && (treatment == "in" || treatment == "out");
  const Json* declared = experiment_of(journey, experiment);
  return declared != nullptr && levels_of(*declared, treatment).has_value();
}

bool can_be_enabled(const Json& journey, const Json& trigger) {
  const std::string id = experiment_on(journey, text_of(trigger, "id"));
  if (id.empty()) return false;
  for (const Json& factor : experiment_of(journey, id)->at("factors")) {
    const auto levels = factor.find(text_of(trigger, "id") + ".enabled");
    if (levels != factor.end() && std::find(levels->begin(), levels->end(), Json(true)) != levels->end()) {
      return true;
    }
  }
  return false;
}

void assign(History& history, const Moment& moment, const Json& trigger) {
  if (has_holdout(history.journey)) assign_in(history, moment, kHoldout);
  const std::string id = experiment_on(history.journey, text_of(trigger, "id"));
  if (!id.empty()) assign_in(history, moment, id);
}

void note_assignment(History& history, const Happening& event) {
  if (event.type != "track" || event.name != "Experiment Assigned") return;
  const Json properties = walk(event.body, "properties").value_or(Json::object());
  Assignment place;
  place.experiment = text_of(properties, "experiment");
  place.treatment = text_of(properties, "treatment");
  place.is_held_out = properties.contains(kHoldout) && properties.at(kHoldout) == true;
  place.unit = text_of(properties, "unit");
  place.time = event.time;
  if (!has_treatment(history.journey, place.experiment, place.treatment)) return;
  const auto [known, is_new] = history.places.emplace(place.experiment, place);
  if (!is_new &&
      (known->second.treatment != place.treatment || known->second.is_held_out != place.is_held_out)) {
    known->second.is_crossed = true;
  }
}

std::optional<Json> known_place(const History& history, const std::string& experiment) {
  const auto known = history.places.find(experiment);
  if (known == history.places.end()) return std::nullopt;
  return Json{{"treatment", known->second.treatment},
              {"holdout", known->second.is_held_out},
              {"crossed", known->second.is_crossed}};
}

}  // namespace desirepath::reference
