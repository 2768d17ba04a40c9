#include "tests/property/random_successor.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

#include "sdk/compiler/compile.hpp"
#include "tests/property/random_events.hpp"
#include "tests/property/random_journey.hpp"
#include "tests/reference/calendar.hpp"

namespace desirepath::tests {

namespace {

using namespace vocabulary;

bool is_journey(const Json& journey) {
  return compiler::compile_journey(journey.dump(), "journey.json").journey.has_value();
}

void for_each_text(Json& value, const std::function<void(Json&)>& use) {
  if (value.is_string()) use(value);
  if (!value.is_structured()) return;
  for (Json& inner : value) for_each_text(inner, use);
}

std::vector<std::string> stages_of(const Json& journey) {
  std::vector<std::string> ids;
  if (!journey.contains("stages")) return ids;
  for (const Json& stage : journey.at("stages")) ids.push_back(stage.at("id"));
  return ids;
}

class SuccessorMaker {
 public:
  SuccessorMaker(Random& random, const Json& journey) : random_(random), first_(journey), made_(journey) {}

  Json make() {
    if (random_.chance(20)) {
      made_ = another();
    } else {
      for (int changes = random_.between(1, 5); changes > 0; --changes) keep(changed());
    }
    made_["version"] = 2;
    if (random_.chance(60)) made_["inflight"] = random_.pick({"drain", "migrate"});
    add_migrations();
    return std::move(made_);
  }

 private:
  // Changes are made without a look at what refers to what: the compiler says which of them stand.
  void keep(Json candidate) {
    if (is_journey(candidate)) made_ = std::move(candidate);
  }

  Json another() {
    Random other(random_.next());
    return random_journey(other);
  }

  Json changed() {
    switch (random_.between(1, 10)) {
      case 1:
      case 2:
      case 3: return with_other_durations();
      case 4: return with_renamed_stage();
      case 5: return without_a_part();
      case 6: return with_triggers_in_another_order();
      default: return with_exact_behaviors(with_a_part_of_another());
    }
  }

  Json with_other_durations() {
    Json changed = made_;
    for_each_text(changed, [&](Json& text) {
      const bool is_window = std::find(kWindows.begin(), kWindows.end(), text) != kWindows.end();
      if (is_window && random_.chance(30)) text = random_.pick(kWindows);
    });
    return changed;
  }

  Json with_renamed_stage() {
    Json changed = made_;
    const std::vector<std::string> stages = stages_of(changed);
    if (stages.empty()) return changed;
    const std::string old = random_.pick(stages);
    for_each_text(changed, [&](Json& text) {
      if (text == old) text = old + "-now";
    });
    return changed;
  }

  Json without_a_part() {
    Json changed = made_;
    Json* section = random_section(changed);
    if (section == nullptr) return changed;
    const std::size_t at = random_.below(section->size());
    section->erase(std::next(section->begin(), static_cast<std::ptrdiff_t>(at)));
    return changed;
  }

  Json with_triggers_in_another_order() {
    Json changed = made_;
    Json& triggers = changed["triggers"];
    if (triggers.empty()) return changed;
    const std::size_t one = random_.below(triggers.size());
    const std::size_t other = random_.below(triggers.size());
    std::swap(triggers[one], triggers[other]);
    return changed;
  }

  // A definition of another journey in place of the one of the same id, or beside the others.
  Json with_a_part_of_another() {
    Json changed = made_;
    Json other = another();
    const Json* section = random_section(other);
    if (section == nullptr) return changed;
    const std::string name = section_;
    const std::size_t at = random_.below(section->size());
    if (section->is_object()) {
      const auto part = std::next(section->begin(), static_cast<std::ptrdiff_t>(at));
      changed[name][part.key()] = part.value();
      return changed;
    }
    const Json& part = section->at(at);
    Json& list = changed[name];
    for (Json& known : list) {
      if (known.at("id") != part.at("id")) continue;
      known = part;
      return changed;
    }
    list.push_back(part);
    return changed;
  }

  // A part may name a behavior that another journey let keep little: conditions compare with exact values
  // alone.
  static Json with_exact_behaviors(Json changed) {
    if (!changed.contains("behaviors")) return changed;
    for (Json& behavior : changed.at("behaviors")) {
      if (behavior.contains("keep") && !behavior.contains("affinity")) behavior["keep"] = kEventsMax;
    }
    return changed;
  }

  // One of the journey's sections that has something in it, and its name in `section_`.
  Json* random_section(Json& journey) {
    std::vector<std::string> names;
    for (const auto& [name, section] : journey.items()) {
      if (section.is_structured() && !section.empty() && name != "migrate") names.push_back(name);
    }
    if (names.empty()) return nullptr;
    section_ = random_.pick(names);
    return &journey.at(section_);
  }

  // Of stages that are gone.
  void add_migrations() {
    const std::vector<std::string> now = stages_of(made_);
    if (now.empty()) return;
    for (const std::string& stage : stages_of(first_)) {
      if (std::find(now.begin(), now.end(), stage) != now.end() || !random_.chance(60)) continue;
      made_["migrate"][stage] = random_.pick(now);
    }
  }

  Random& random_;
  const Json& first_;
  Json made_;
  std::string section_;
};

}  // namespace

Json random_successor(Random& random, const Json& journey) {
  return SuccessorMaker(random, journey).make();
}

std::int64_t random_edge(Random& random, const std::vector<Json>& events) {
  const Json& event = random.pick(events);
  const std::int64_t time_ms = time_of(event);
  if (random.chance(40)) return time_ms + random.between(-1, 1);
  return time_ms + reference::parse_duration(random.pick(kWindows)) + random.between(-1, 1);
}

}  // namespace desirepath::tests
