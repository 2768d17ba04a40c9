#include <algorithm>

#include "sdk/compiler/journey_parts.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

namespace {

std::set<std::string> texts_of(const std::vector<Name>& names) {
  std::set<std::string> texts;
  for (const Name& name : names) {
    if (!name.empty()) texts.insert(name.text);
  }
  return texts;
}

void check_known(Reading& reading, const char* kind, const std::vector<Name>& names,
                 const std::set<std::string>& known) {
  for (const Name& name : names) {
    if (known.count(name.text) != 0) continue;
    reading.diagnostics.error(name.offset, std::string("unknown ") + kind + " '" + name.text + "'" +
                                               did_you_mean(name.text, names_of(known)));
  }
}

// A list that is there says something.
void check_not_empty(Reading& reading, const JsonNode* list, const std::string& what) {
  if (list == nullptr || !list->items.empty()) return;
  reading.diagnostics.error(list->offset, what + " names nothing; leave it out to mean all");
}

}  // namespace

void read_promise(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("promise", member.key), reading.diagnostics);
  PromiseSpec promise;
  promise.id = {member.key, member.offset};
  promise.contradicts = reader.texts("contradicts");
  promise.for_ms = reader.duration("for");
  reader.text("description");
  reader.finish();
  for (const Name& other : promise.contradicts) {
    if (other.text != member.key) continue;
    reading.diagnostics.error(other.offset, quoted("promise", member.key) + " cannot contradict itself");
  }
  reading.journey.promises.push_back(std::move(promise));
}

void read_suppression(Reading& reading, const JsonMember& member) {
  const std::string what = quoted("suppression", member.key);
  ObjectReader reader(member.value, what, reading.diagnostics);
  SuppressionSpec suppression;
  suppression.id = {member.key, member.offset};
  if (member.value.is_object() && member.value.find("when") == nullptr) reader.required("when");
  suppression.when = reader.object("when");
  suppression.channels = reader.texts("channels");
  suppression.purposes = reader.texts("purposes");
  check_not_empty(reading, member.value.find("channels"), "'channels' of " + what);
  check_not_empty(reading, member.value.find("purposes"), "'purposes' of " + what);
  reader.text("owner");
  reader.text("description");
  reader.finish();
  if (reading.journey.suppressions.size() == kSuppressionsMax) {
    reading.diagnostics.error(member.offset,
                              "more than " + std::to_string(kSuppressionsMax) + " suppressions");
  }
  if (suppression.when != nullptr) reading.journey.suppressions.push_back(std::move(suppression));
}

void read_group(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("group", member.key), reading.diagnostics);
  reader.text("owner");
  reader.text("description");
  reader.finish();
  reading.journey.groups.push_back({{member.key, member.offset}});
}

void check_governance(Reading& reading) {
  const Journey& journey = reading.journey;
  std::vector<Name> channels;
  std::vector<Name> purposes;
  std::vector<Name> promises;
  for (const ChannelSpec& channel : journey.channels) channels.push_back(channel.id);
  for (const PurposeSpec& purpose : journey.purposes) purposes.push_back(purpose.id);
  for (const PromiseSpec& promise : journey.promises) promises.push_back(promise.id);
  for (const TriggerSpec& trigger : journey.triggers) {
    for (const ActionSpec& action : trigger.actions) channels.push_back(action.channel);
    purposes.push_back(trigger.purpose);
    promises.push_back(trigger.promise);
  }
  const std::set<std::string> known_channels = texts_of(channels);
  const std::set<std::string> known_purposes = texts_of(purposes);
  const std::set<std::string> known_promises = texts_of(promises);
  for (const PromiseSpec& promise : journey.promises) {
    check_known(reading, "promise", promise.contradicts, known_promises);
  }
  for (const SuppressionSpec& suppression : journey.suppressions) {
    check_known(reading, "channel", suppression.channels, known_channels);
    check_known(reading, "purpose", suppression.purposes, known_purposes);
  }
}

}  // namespace desirepath::compiler
