#include "tests/reference/facts.hpp"

#include "tests/reference/asks.hpp"
#include "tests/reference/audiences.hpp"
#include "tests/reference/behaviors.hpp"
#include "tests/reference/circumstances.hpp"
#include "tests/reference/local_time.hpp"
#include "tests/reference/scores.hpp"
#include "tests/reference/sessions.hpp"
#include "tests/reference/stages.hpp"

namespace desirepath::reference {

namespace {

constexpr std::size_t kRememberedBytesMax = 96;

// The longest beginning of at most 96 bytes that ends between two characters.
Json remembered(const Json& value) {
  if (!value.is_string()) return value;
  std::string text = value.get<std::string>();
  if (text.size() <= kRememberedBytesMax) return text;
  std::size_t size = kRememberedBytesMax;
  while ((text[size] & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

// As the latest identify said that said something that can be remembered; null takes it back.
std::optional<Json> trait(const Moment& moment, const std::string& name) {
  std::optional<Json> latest;
  for (const Happening& event : moment.history.events) {
    if (event.type != "identify") continue;
    const auto said = walk(event.body, "traits." + name);
    if (!said || said->is_structured()) continue;
    latest = said->is_null() ? std::nullopt : std::optional<Json>(remembered(*said));
  }
  return latest;
}

std::optional<Json> consent(const Moment& moment, const std::string& category) {
  std::optional<Json> latest;
  for (const Happening& event : moment.history.events) {
    const auto said = walk(event.body, "context.consent.categoryPreferences." + category);
    if (said && said->is_boolean()) latest = said;
  }
  return latest;
}

std::optional<Json> event_fact(const Happening* event, const std::string& name) {
  if (event == nullptr) return std::nullopt;
  if (name == "event") return Json(event->name);
  if (name == "type") return Json(event->type);
  return walk(event->body, name);
}

// Of an affinity, one of its texts: `interest.0`.
std::optional<Json> behavior_fact(const Moment& moment, const std::string& name) {
  const std::size_t dot = std::min(name.find('.'), name.size());
  const std::optional<Json> value = behavior(moment, name.substr(0, dot));
  return value && dot < name.size() ? walk(*value, name.substr(dot + 1)) : value;
}

Json now(const Moment& moment, const std::string& field) {
  const LocalTime local = local_time(moment);
  if (field == "hour") return local.hour;
  if (field == "minute") return local.minute;
  if (field == "weekday") return local.weekday;
  if (field == "day") return local.date.day;
  return field == "month" ? Json(local.date.month) : Json(local.date.year);
}

// The audiences the person is a member of.
Json memberships(const Moment& moment) {
  Json names = Json::array();
  for (const auto& [id, condition] : moment.history.journey.at("audiences").items()) {
    if (is_member(moment, id)) names.push_back(id);
  }
  return names;
}

std::optional<Json> stage_fact(const Moment& moment, const std::string& name) {
  const CurrentStage current = current_stage(moment.history);
  if (current.id.empty()) return std::nullopt;
  return name == "stage" ? Json(current.id) : Json(moment.time - current.since);
}

}  // namespace

std::optional<Json> walk(const Json& value, const std::string& path) {
  const Json* at = &value;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const std::string key = path.substr(begin, dot - begin);
    begin = dot + 1;
    if (at->is_object() && at->contains(key)) {
      at = &at->at(key);
    } else if (at->is_array() && !key.empty() && key.size() <= 9 &&
               key.find_first_not_of("0123456789") == std::string::npos && std::stoul(key) < at->size()) {
      at = &at->at(std::stoul(key));
    } else {
      return std::nullopt;
    }
  }
  return *at;
}

bool is_duration(const std::string& name) {
  return name == "stage_age" || name == "session.age" || name == "session.engaged";
}

std::optional<Json> fact(const Moment& moment, const std::string& name) {
  const std::size_t dot = std::min(name.find('.'), name.size());
  const std::string head = name.substr(0, dot);
  const std::string rest = dot < name.size() ? name.substr(dot + 1) : std::string();
  if (head == "event" || head == "type" || head == "properties" || head == "context") {
    return event_fact(moment.event, name);
  }
  if (head == "stage" || head == "stage_age") return stage_fact(moment, name);
  if (head == "traits") return trait(moment, rest);
  if (head == "known") return trait(moment, trait_of_field(moment.history.journey, rest)).has_value();
  if (head == "asked") return times_asked(moment, rest);
  if (head == "campaign") return campaign(moment, rest);
  if (head == "device") return device(moment, rest);
  if (head == "now") return now(moment, rest);
  if (head == "consent") return consent(moment, rest);
  if (head == "behaviors") return behavior_fact(moment, rest);
  if (head == "scores") return score(moment, rest);
  if (head == "tiers") return tier(moment, rest);
  if (head == "propensity") return propensity(moment, rest);
  if (head == "session") return session(moment, rest);
  if (head == "audiences") return rest.empty() ? memberships(moment) : Json(is_member(moment, rest));
  return std::nullopt;
}

}  // namespace desirepath::reference
