#include "tests/reference/schedules.hpp"

#include "tests/reference/calendar.hpp"
#include "tests/reference/facts.hpp"
#include "tests/reference/local_time.hpp"
#include "tests/reference/touches.hpp"
#include "tests/reference/triggers.hpp"

namespace desirepath::reference {

namespace {

constexpr Time kMinute = 60 * 1000;
constexpr Time kDay = 24 * 60 * kMinute;

struct StatedDate {
  Time time;
  bool is_day;
};

// `YYYY-MM-DD`, a whole timestamp, or a number of milliseconds.
std::optional<StatedDate> date_in(const std::optional<Json>& value) {
  if (!value) return std::nullopt;
  if (value->is_number()) return StatedDate{static_cast<Time>(value->get<double>()), false};
  if (!value->is_string()) return std::nullopt;
  const std::string text = value->get<std::string>();
  if (text.size() == 10 && text[4] == '-') return StatedDate{parse_timestamp(text + "T00:00:00.000Z"), true};
  if (text.size() == 24 && text[10] == 'T') return StatedDate{parse_timestamp(text), false};
  return std::nullopt;
}

std::optional<Time> due_of(const Moment& moment, const Json& schedule) {
  const auto date = date_in(fact(moment, text_of(schedule, "fact")));
  if (!date) return std::nullopt;
  const Time time = date->time + duration_of(schedule, "offset");
  const std::string minute = text_of(schedule, "time");
  if (minute.empty()) return time;
  const Time face = date->is_day ? time : time + offset_minutes(moment, time) * kMinute;
  const Time of_day = (std::stoi(minute.substr(0, 2)) * 60 + std::stoi(minute.substr(3, 2))) * kMinute;
  return moment_of(moment, face - ((face % kDay) + kDay) % kDay + of_day);
}

}  // namespace

void set_schedules(History& history, const Moment& moment) {
  for (const Json* trigger : enabled_triggers(history.journey)) {
    if (!trigger->contains("schedule")) continue;
    const Json& schedule = trigger->at("schedule");
    if (!can_change_fact(history.journey, text_of(schedule, "fact"), moment.event->name)) continue;
    const std::string id = text_of(*trigger, "id");
    const auto due = due_of(moment, schedule);
    if (!due || *due <= moment.time) {
      history.waits.erase(id);
    } else if (history.waits.count(id) == 0 || history.waits[id].due != *due) {
      history.waits[id] = {*due, moment.event->message_id};
    }
  }
}

}  // namespace desirepath::reference
