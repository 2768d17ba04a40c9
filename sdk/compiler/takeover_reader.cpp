#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

namespace {

void read_migrations(Reading& reading, const JsonNode& migrate) {
  for (const JsonMember& member : migrate.members) {
    if (reading.stage_ids.count(member.key) != 0) {
      reading.diagnostics.error(member.offset,
                                "'migrate' moves people out of stage '" + member.key +
                                    "', which this version has; it is for stages that are gone");
      continue;
    }
    if (!member.value.is_string()) {
      reading.diagnostics.error(member.value.offset, "'migrate' names a stage for '" + member.key +
                                                         "', not " + name_of(member.value.kind));
      continue;
    }
    if (reading.stage_ids.count(member.value.text) == 0) {
      reading.diagnostics.error(member.value.offset,
                                "unknown stage '" + member.value.text + "'" +
                                    did_you_mean(member.value.text, names_of(reading.stage_ids)));
      continue;
    }
    reading.journey.migrations.push_back(
        {{member.key, member.offset}, {member.value.text, member.value.offset}});
  }
}

}  // namespace

void read_takeover(Reading& reading, ObjectReader& journey) {
  if (const JsonNode* migrate = journey.object("migrate")) read_migrations(reading, *migrate);
  const Name inflight = journey.text("inflight");
  reading.journey.migrates_waits = inflight.text == "migrate";
  if (!inflight.empty() && inflight.text != "migrate" && inflight.text != "drain") {
    reading.diagnostics.error(inflight.offset, "'inflight' is \"drain\" or \"migrate\", not '" +
                                                   inflight.text + "'" +
                                                   did_you_mean(inflight.text, {"drain", "migrate"}));
  }
}

}  // namespace desirepath::compiler
