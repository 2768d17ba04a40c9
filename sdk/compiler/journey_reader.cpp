#include <algorithm>

#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

namespace {

constexpr std::string_view kSchema = "desirepath/journey/1";

bool is_definition(Reading& reading, const JsonNode& node, const std::string& what) {
  if (!node.is_object()) {
    reading.diagnostics.error(node.offset, what + " must be an object, not " + name_of(node.kind));
  }
  return node.is_object();
}

template <typename Read>
void for_each_definition(Reading& reading, const JsonNode* node, std::string_view kind, Read read) {
  if (node == nullptr) return;
  for (const JsonMember& member : node->members) {
    if (member.key.empty()) reading.diagnostics.error(member.offset, "a definition needs a name");
    check_id({member.key, member.offset}, reading.diagnostics);
    if (is_definition(reading, member.value, quoted(kind, member.key))) read(reading, member);
  }
}

template <typename Read>
void for_each_item(Reading& reading, const JsonNode* node, const std::string& what, Read read) {
  if (node == nullptr) return;
  for (const JsonNode& item : node->items) {
    if (is_definition(reading, item, what)) read(reading, item);
  }
}

void read_review(Reading& reading, const JsonNode* node) {
  if (node == nullptr) return;
  ObjectReader reader(*node, "'review'", reading.diagnostics);
  reader.text("owner");
  reader.duration("every");
  reader.text("reviewed");
  reader.finish();
}

void read_identifier(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("identifier", member.key), reading.diagnostics);
  IdentifierDeclaration identifier;
  identifier.type = member.key;
  identifier.trait = reader.text("trait").text;
  identifier.unique = reader.flag("unique", false);
  identifier.priority = static_cast<std::int32_t>(reader.integer("priority", 100, 1, 1000));
  identifier.trusted_sources_only = reader.flag("trusted_sources_only", false);
  identifier.links_max = static_cast<std::int32_t>(reader.integer("links_max", 500, 1, 10'000));
  const Name normalize = reader.text("normalize");
  identifier.lowercase = normalize.text == "lowercase";
  if (!normalize.empty() && !identifier.lowercase) {
    reading.diagnostics.error(normalize.offset,
                              "unknown normalisation '" + normalize.text + "'; there is 'lowercase'");
  }
  const bool is_built_in = member.key == "userId" || member.key == "anonymousId";
  if (identifier.trait.empty() && !is_built_in) {
    reading.diagnostics.error(member.offset,
                              quoted("identifier", member.key) + " lacks the 'trait' that carries it");
  }
  reader.finish();
  reading.journey.identifiers.push_back(std::move(identifier));
}

void read_audience(Reading& reading, const JsonMember& member) {
  AudienceSpec audience;
  audience.id = {member.key, member.offset};
  audience.condition = &member.value;
  reading.journey.audiences.push_back(std::move(audience));
}

void check_references(Reading& reading) {
  for (const StageSpec& stage : reading.journey.stages) {
    for (const Name& next : stage.expected_next) {
      if (reading.stage_ids.count(next.text) != 0) continue;
      reading.diagnostics.error(next.offset, "unknown stage '" + next.text + "'" +
                                                 did_you_mean(next.text, names_of(reading.stage_ids)));
    }
  }
  const SpecList<BehaviorSpec>& behaviors = reading.journey.behaviors;
  const auto check_outcome = [&](const Name& outcome) {
    if (outcome.empty() || behaviors.find(outcome.text) != nullptr) return;
    reading.diagnostics.error(outcome.offset, "unknown behavior '" + outcome.text + "'" +
                                                  did_you_mean(outcome.text, behaviors.ids()));
  };
  for (const TriggerSpec& trigger : reading.journey.triggers) check_outcome(trigger.outcome);
  for (const ExperimentSpec& experiment : reading.journey.experiments) check_outcome(experiment.outcome);
  check_governance(reading);
}

}  // namespace

Journey read_journey(const JsonNode& root, std::string_view text, Diagnostics& diagnostics) {
  Journey journey;
  Reading reading{text, diagnostics, journey};
  ObjectReader reader(root, "the journey", reading.diagnostics);
  reader.text("$schema");  // an editor's, for completion
  const Name schema = reader.required_text("schema");
  if (!schema.empty() && schema.text != kSchema) {
    reading.diagnostics.error(schema.offset, "unknown schema '" + schema.text + "'; this version reads '" +
                                                 std::string(kSchema) + "'");
  }
  journey.name = reader.required_text("journey").text;
  reader.required("version");
  journey.version = reader.integer("version", 1, 1, 1000000000);
  read_review(reading, reader.object("review"));
  for_each_definition(reading, reader.object("identifiers"), "identifier", read_identifier);
  for_each_definition(reading, reader.object("behaviors"), "behavior", read_behavior);
  for_each_definition(reading, reader.object("scores"), "score", read_score);
  for_each_definition(reading, reader.object("models"), "model", read_model);
  for_each_definition(reading, reader.object("audiences"), "audience", read_audience);
  for_each_definition(reading, reader.object("purposes"), "purpose", read_purpose);
  for_each_definition(reading, reader.object("channels"), "channel", read_channel);
  for_each_definition(reading, reader.object("promises"), "promise", read_promise);
  for_each_definition(reading, reader.object("suppressions"), "suppression", read_suppression);
  for_each_definition(reading, reader.object("groups"), "group", read_group);
  for_each_definition(reading, reader.object("asks"), "ask", read_ask);
  for_each_definition(reading, reader.object("destinations"), "destination", read_destination);
  for_each_item(reading, reader.array("stages"), "a stage", read_stage);
  read_takeover(reading, reader);
  for_each_item(reading, reader.array("triggers"), "a trigger", read_trigger);
  for_each_item(reading, reader.array("experiments"), "an experiment", read_experiment);
  read_holdout(reading, reader);
  reader.finish();
  check_references(reading);
  return journey;
}

}  // namespace desirepath::compiler
