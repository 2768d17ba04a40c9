#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

namespace {

// `event` (with `where`), `on: {event, where}`, or `after … absent … for`.
void read_occasion(Reading& reading, ObjectReader& reader, TriggerSpec& trigger) {
  const JsonNode* on = reader.object("on");
  const JsonNode* after = reader.object("after");
  const JsonNode* absent = reader.object("absent");
  const Name event = reader.text("event");
  const JsonNode* where = reader.object("where");
  trigger.wait_ms = reader.duration("for");
  const int occasions = (on != nullptr) + (after != nullptr) + !event.empty();
  if (occasions != 1) {
    reading.diagnostics.error(reader.offset(),
                              reader.what() + " needs exactly one of 'event', 'on' and 'after'");
    return;
  }
  if (on != nullptr) trigger.filter = read_filter(reading, *on, "'on' of " + reader.what());
  if (after != nullptr) trigger.filter = read_filter(reading, *after, "'after' of " + reader.what());
  if (!event.empty()) trigger.filter = {event, where};
  if (event.empty() && where != nullptr) {
    reading.diagnostics.error(where->offset, "'where' belongs beside its event");
  }
  if (absent != nullptr) trigger.absent = read_filter(reading, *absent, "'absent' of " + reader.what());
  if (after != nullptr && trigger.wait_ms == 0) {
    reading.diagnostics.error(after->offset,
                              reader.what() + " waits 'after' an event but does not say 'for' how long");
  }
  if (after == nullptr && (absent != nullptr || trigger.wait_ms != 0)) {
    reading.diagnostics.error(reader.offset(), reader.what() + " has 'absent' or 'for' without 'after'");
  }
}

void read_outcome(Reading& reading, ObjectReader& owner, TriggerSpec& trigger) {
  const JsonNode* outcome = owner.object("outcome");
  if (outcome == nullptr) return;
  ObjectReader reader(*outcome, "'outcome' of " + owner.what(), reading.diagnostics);
  trigger.has_outcome = true;
  trigger.outcome = reader.required_text("behavior");
  reader.duration("within");
  reader.finish();
}

void read_action(Reading& reading, const JsonNode& node, const std::string& trigger_what,
                 TriggerSpec& trigger) {
  ObjectReader reader(node, "an action of " + trigger_what, reading.diagnostics);
  ActionSpec action;
  action.channel = reader.required_text("channel");
  action.slot = reader.text("slot");
  action.destination = reader.text("destination");
  const JsonNode* content = reader.object("content");
  action.content = content == nullptr ? "{}" : compact_json(reading.text, *content);
  action.content_offset = content == nullptr ? node.offset : content->offset;
  reader.finish();
  if (action.channel.text == "web" && action.slot.empty()) {
    reading.diagnostics.error(node.offset,
                              "an action on channel 'web' of " + trigger_what + " lacks its 'slot'");
  }
  if (action.channel.text != "web" && !action.slot.empty()) {
    reading.diagnostics.error(action.slot.offset, "only actions on channel 'web' have a 'slot'");
  }
  if (!action.destination.empty() &&
      reading.destinations.find(action.destination.text) == reading.destinations.end()) {
    reading.diagnostics.error(action.destination.offset,
                              "unknown destination '" + action.destination.text + "'" +
                                  did_you_mean(action.destination.text, names_of(reading.destinations)));
  }
  trigger.actions.push_back(std::move(action));
}

}  // namespace

void read_trigger(Reading& reading, const JsonNode& node) {
  const std::string id = id_of(reading, node, "trigger", reading.trigger_ids);
  ObjectReader reader(node, id.empty() ? "a trigger" : quoted("trigger", id), reading.diagnostics);
  TriggerSpec trigger;
  trigger.id = reader.required_text("id");
  trigger.offset = node.offset;
  read_occasion(reading, reader, trigger);
  trigger.when = reader.object("when");
  trigger.purpose = reader.text("purpose");
  trigger.promise = reader.text("promise");
  trigger.group = reader.text("group");
  trigger.cap = reader.cap("cap");
  trigger.priority = static_cast<std::int32_t>(reader.integer("priority", 0, -1000000, 1000000));
  trigger.is_enabled = reader.flag("enabled", true);
  trigger.is_public = reader.flag("public", false);
  reader.text("owner");
  reader.text("description");
  read_outcome(reading, reader, trigger);
  for (const std::string_view key : {"freshness", "schedule"}) reader.refuse(key, "triggers on events");
  const JsonNode* actions = reader.array("do");
  if (node.is_object() && (actions == nullptr || actions->items.empty())) {
    reading.diagnostics.error(node.offset, reader.what() + " lacks 'do', the list of what it says and where");
  }
  if (actions != nullptr) {
    for (const JsonNode& action : actions->items) read_action(reading, action, reader.what(), trigger);
  }
  reader.finish();
  reading.journey.triggers.push_back(std::move(trigger));
}

}  // namespace desirepath::compiler
