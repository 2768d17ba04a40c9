#include "tests/reference/local_time.hpp"

#include "tests/reference/facts.hpp"

namespace desirepath::reference {

namespace {

constexpr Time kMinute = 60 * 1000;
constexpr Time kDay = 24 * 60 * kMinute;

// Minutes east of UTC: by the rules of the zone of the last event that says where the person is, else by the
// offset it says.
int offset_of(const Moment& moment) {
  int offset = 0;
  for (const Happening& event : moment.history.events) {
    const auto zone = walk(event.body, "context.timezone");
    const auto said = walk(event.body, "context.utcOffset");
    if (said && said->is_number()) offset = said->get<int>();
    const auto rules = zone && zone->is_string() ? moment.history.zones.find(zone->get<std::string>())
                                                 : moment.history.zones.end();
    if (rules == moment.history.zones.end()) continue;
    offset = 0;
    for (const ZoneChange& change : rules->second) {
      if (change.at <= moment.time) offset = change.offset_minutes;
    }
  }
  return offset;
}

}  // namespace

LocalTime local_time(const Moment& moment) {
  const Time local = moment.time + offset_of(moment) * kMinute;
  const std::int64_t day = local / kDay;
  const auto minute = static_cast<int>(local % kDay / kMinute);
  // 1970-01-01 was a Thursday.
  return {date_of(day), static_cast<int>((day + 3) % 7) + 1, minute / 60, minute % 60};
}

}  // namespace desirepath::reference
