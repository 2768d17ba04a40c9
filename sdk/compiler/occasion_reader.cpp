#include <algorithm>
#include <iterator>

#include "sdk/compiler/duration.hpp"
#include "sdk/compiler/journey_parts.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

namespace {

struct OccasionWord {
  std::string_view key;
  OccasionKind kind;
};

constexpr OccasionWord kOccasionWords[] = {
    {"stage_enter", OccasionKind::stage_enter},       {"stage_leave", OccasionKind::stage_leave},
    {"stage_stuck", OccasionKind::stage_stuck},       {"audience_enter", OccasionKind::audience_enter},
    {"audience_leave", OccasionKind::audience_leave},
};

void check_stage(Reading& reading, const Name& name, OccasionKind kind) {
  const StageSpec* stage = reading.journey.stages.find(name.text);
  if (stage == nullptr) {
    reading.diagnostics.error(name.offset, "unknown stage '" + name.text + "'" +
                                               did_you_mean(name.text, names_of(reading.stage_ids)));
  } else if (kind == OccasionKind::stage_stuck && stage->stuck_after_ms == 0) {
    reading.diagnostics.error(name.offset, "nobody gets stuck in stage '" + name.text +
                                               "': it lacks 'stuck_after', such as \"3d\"");
  }
}

void check_audience(Reading& reading, const Name& name) {
  if (reading.journey.audiences.find(name.text) != nullptr) return;
  reading.diagnostics.error(name.offset, "unknown audience '" + name.text + "'" +
                                             did_you_mean(name.text, reading.journey.audiences.ids()));
}

// `{"event", "where"}`, or one move or change by its word.
void read_happening(Reading& reading, const JsonNode& node, const std::string& what, TriggerSpec& trigger) {
  const auto word = std::find_if(std::begin(kOccasionWords), std::end(kOccasionWords),
                                 [&](const OccasionWord& w) { return node.find(w.key) != nullptr; });
  if (word == std::end(kOccasionWords)) {
    trigger.filter = read_filter(reading, node, what);
    return;
  }
  ObjectReader reader(node, what, reading.diagnostics);
  trigger.occasion = word->kind;
  trigger.occasion_of = reader.text(word->key);
  reader.finish();
  if (trigger.occasion_of.empty()) return;
  if (is_of_stage(word->kind)) {
    check_stage(reading, trigger.occasion_of, word->kind);
  } else {
    check_audience(reading, trigger.occasion_of);
  }
}

void read_absences(Reading& reading, const JsonNode& node, const std::string& what, TriggerSpec& trigger) {
  if (!node.is_array()) {
    trigger.absent.push_back(read_filter(reading, node, what));
    return;
  }
  if (node.items.empty()) reading.diagnostics.error(node.offset, what + " lists no event");
  for (const JsonNode& item : node.items) trigger.absent.push_back(read_filter(reading, item, what));
}

void read_delay(Reading& reading, ObjectReader& reader, const JsonNode& after, const JsonNode* length,
                TriggerSpec& trigger) {
  read_happening(reading, after, "'after' of " + reader.what(), trigger);
  if (trigger.occasion == OccasionKind::stage_stuck) {
    reading.diagnostics.error(after.offset,
                              "being stuck is already a wait; use 'on', and a longer 'stuck_after'");
  }
  if (length == nullptr) {
    reading.diagnostics.error(after.offset,
                              reader.what() + " waits 'after' an event but does not say 'for' how long");
    return;
  }
  trigger.wait_ms = reader.duration("for");
  if (trigger.wait_ms != 0 && (trigger.wait_ms < kWaitMinMs || trigger.wait_ms > kWaitMaxMs)) {
    reading.diagnostics.error(length->offset, "'for' of " + reader.what() + " is from 1s to 200y");
  }
}

// A duration that may begin with a minus.
std::int64_t read_offset(Reading& reading, ObjectReader& reader) {
  const Name offset = reader.text("offset");
  if (offset.empty()) return 0;
  const bool is_before = offset.text.front() == '-';
  const std::optional<std::int64_t> length = parse_duration(std::string_view(offset.text).substr(is_before));
  if (!length) {
    reading.diagnostics.error(offset.offset, "'" + offset.text +
                                                 "' is no offset; write a duration that may begin with '-', "
                                                 "such as \"-3d\"");
    return 0;
  }
  return is_before ? -*length : *length;
}

void read_schedule(Reading& reading, const JsonNode& node, const std::string& what, TriggerSpec& trigger) {
  ObjectReader reader(node, what, reading.diagnostics);
  trigger.occasion = OccasionKind::date;
  trigger.schedule.fact = reader.required_text("fact");
  trigger.schedule.offset_ms = read_offset(reading, reader);
  if (const Name time = reader.text("time"); !time.empty()) {
    trigger.schedule.minute = parse_time_of_day(time.text);
    if (!trigger.schedule.minute) {
      reading.diagnostics.error(
          time.offset, "'" + time.text + "' is no time of day; write hours and minutes, such as \"09:30\"");
    }
  }
  reader.finish();
}

}  // namespace

void read_occasion(Reading& reading, ObjectReader& reader, TriggerSpec& trigger) {
  const JsonNode* on = reader.object("on");
  const JsonNode* after = reader.object("after");
  const JsonNode* schedule = reader.object("schedule");
  const JsonNode* absent = reader.member("absent");
  const Name event = reader.text("event");
  const JsonNode* where = reader.object("where");
  const JsonNode* length = reader.member("for");
  const auto says = [&](std::string_view key) { return reader.member(key) != nullptr; };
  const int occasions = says("on") + says("after") + says("schedule") + says("event");
  if (occasions != 1) {
    reading.diagnostics.error(reader.offset(),
                              reader.what() + " needs exactly one of 'event', 'on', 'after' and 'schedule'");
    return;
  }
  if (on != nullptr) read_happening(reading, *on, "'on' of " + reader.what(), trigger);
  if (schedule != nullptr) read_schedule(reading, *schedule, "'schedule' of " + reader.what(), trigger);
  if (!event.empty()) trigger.filter = {event, where};
  if (!says("event") && where != nullptr) {
    reading.diagnostics.error(where->offset, "'where' belongs beside its event");
  }
  if (absent != nullptr) read_absences(reading, *absent, "'absent' of " + reader.what(), trigger);
  if (after != nullptr) {
    read_delay(reading, reader, *after, length, trigger);
  } else if (!says("after") && (absent != nullptr || length != nullptr)) {
    reading.diagnostics.error((absent != nullptr ? absent : length)->offset,
                              reader.what() + " has 'absent' or 'for' without 'after'");
  }
}

}  // namespace desirepath::compiler
