#include "tests/reference/local_time.hpp"

#include <set>

#include "tests/reference/facts.hpp"

namespace desirepath::reference {

namespace {

constexpr Time kMinute = 60 * 1000;
constexpr Time kDay = 24 * 60 * kMinute;

// What events said last of where the person is.
struct Whereabouts {
  std::string zone;
  int offset = 0;
};

Whereabouts whereabouts(const Moment& moment) {
  Whereabouts last;
  for (const Happening& event : moment.history.events) {
    const auto named = walk(event.body, "context.timezone");
    const auto said = walk(event.body, "context.utcOffset");
    if (named && named->is_string()) last.zone = named->get<std::string>();
    if (said && said->is_number()) last.offset = said->get<int>();
  }
  return last;
}

}  // namespace

// By the rules of the zone said last, else the offset said last.
int offset_minutes(const Moment& moment, Time time) {
  const Whereabouts last = whereabouts(moment);
  const auto rules = moment.history.zones.find(last.zone);
  if (rules == moment.history.zones.end()) return last.offset;
  int offset = 0;
  for (const ZoneChange& change : rules->second) {
    if (change.at <= time) offset = change.offset_minutes;
  }
  return offset;
}

Time moment_of(const Moment& moment, Time face) {
  std::set<int> offsets{whereabouts(moment).offset};
  for (const auto& [zone, changes] : moment.history.zones) {
    for (const ZoneChange& change : changes) offsets.insert(change.offset_minutes);
  }
  // From the furthest east: the earliest time first.
  for (auto offset = offsets.rbegin(); offset != offsets.rend(); ++offset) {
    const Time time = face - *offset * kMinute;
    if (offset_minutes(moment, time) == *offset) return time;
  }
  return face - offset_minutes(moment, face - *offsets.rbegin() * kMinute) * kMinute;
}

LocalTime local_time(const Moment& moment) {
  const Time local = moment.time + offset_minutes(moment, moment.time) * kMinute;
  const std::int64_t day = local / kDay;
  const auto minute = static_cast<int>(local % kDay / kMinute);
  // 1970-01-01 was a Thursday.
  return {date_of(day), static_cast<int>((day + 3) % 7) + 1, minute / 60, minute % 60};
}

}  // namespace desirepath::reference
