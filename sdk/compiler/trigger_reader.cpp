#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

namespace {

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
  check_id(action.channel, reading.diagnostics);
  action.slot = reader.text("slot");
  action.destination = reader.text("destination");
  const JsonNode* content = reader.object("content");
  action.content = content == nullptr ? "{}" : compact_json(reading.text, *content);
  action.content_source = content;
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
  trigger.purpose = reader.id("purpose");
  trigger.promise = reader.id("promise");
  trigger.group = reader.id("group");
  trigger.cap = reader.cap("cap");
  trigger.priority = static_cast<std::int32_t>(reader.integer("priority", 0, -1000000, 1000000));
  trigger.is_enabled = reader.flag("enabled", true);
  trigger.is_public = reader.flag("public", false);
  reader.text("owner");
  reader.text("description");
  read_outcome(reading, reader, trigger);
  if (reader.member("freshness") != nullptr) trigger.freshness_ms = reader.duration("freshness");
  const JsonNode* actions = reader.array("do");
  if (reader.member("do") == nullptr || (actions != nullptr && actions->items.empty())) {
    reading.diagnostics.error(node.offset, reader.what() + " lacks 'do', the list of what it says and where");
  }
  if (actions != nullptr) {
    for (const JsonNode& action : actions->items) read_action(reading, action, reader.what(), trigger);
  }
  reader.finish();
  reading.journey.triggers.push_back(std::move(trigger));
}

}  // namespace desirepath::compiler
