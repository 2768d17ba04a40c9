#include "tests/reference/restraints.hpp"

#include "tests/reference/conditions.hpp"
#include "tests/reference/facts.hpp"
#include "tests/reference/local_time.hpp"

namespace desirepath::reference {

namespace {

const Json* channel_of(const Moment& moment, const Json& action) {
  return definition(moment.history.journey, "channels", text_of(action, "channel"));
}

bool is_listed(const Json& suppression, const char* list, const std::string& id) {
  if (!suppression.contains(list)) return true;
  for (const Json& listed : suppression.at(list)) {
    if (listed == id) return true;
  }
  return false;
}

int minute_of(const Json& text) {
  const std::string time = text.get<std::string>();
  return std::stoi(time.substr(0, 2)) * 60 + std::stoi(time.substr(3, 2));
}

}  // namespace

bool is_consented(const Moment& moment, const Json& action) {
  const Json* channel = channel_of(moment, action);
  if (channel == nullptr || !channel->contains("consent")) return true;
  return fact(moment, "consent." + text_of(*channel, "consent")) == Json(true);
}

bool is_suppressed(const Moment& moment, const Json& trigger, const Json& action) {
  const Json& journey = moment.history.journey;
  if (!journey.contains("suppressions")) return false;
  for (const Json& suppression : journey.at("suppressions")) {
    if (is_listed(suppression, "channels", text_of(action, "channel")) &&
        is_listed(suppression, "purposes", text_of(trigger, "purpose")) &&
        holds_member(moment, suppression, "when")) {
      return true;
    }
  }
  return false;
}

bool is_quiet(const Moment& moment, const Json& action) {
  const Json* channel = channel_of(moment, action);
  if (channel == nullptr || !channel->contains("quiet")) return false;
  const int from = minute_of(channel->at("quiet").at(0));
  const int to = minute_of(channel->at("quiet").at(1));
  const LocalTime local = local_time(moment);
  const int now = local.hour * 60 + local.minute;
  return from < to ? now >= from && now < to : now >= from || now < to;
}

}  // namespace desirepath::reference
