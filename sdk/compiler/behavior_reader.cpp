#include "sdk/compiler/journey_parts.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

void read_behavior(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("behavior", member.key), reading.diagnostics);
  BehaviorSpec behavior;
  behavior.id = {member.key, member.offset};
  behavior.source = &member.value;
  if (member.value.find("sequence") != nullptr) {
    reader.refuse("sequence", "sequences of events");
    return;
  }
  for (const std::string_view kind : {"min", "max", "first", "distinct", "affinity"}) {
    reader.refuse(kind, "behaviors count, sum or remember the last");
  }
  behavior.filter = read_filter(reader);
  const Name sum = reader.text("sum");
  const Name last = reader.text("last");
  if (!sum.empty() && !last.empty()) {
    reading.diagnostics.error(last.offset, reader.what() + " has both 'sum' and 'last'");
  }
  if (!sum.empty()) behavior.kind = format::BehaviorKind::sum;
  if (!last.empty()) behavior.kind = format::BehaviorKind::last;
  behavior.fact = sum.empty() ? last : sum;
  behavior.within_ms = reader.duration("within");
  behavior.keep = static_cast<std::uint32_t>(reader.integer("keep", 0, 1, kBehaviorKeepMax));
  behavior.is_public = reader.flag("public", false);
  reader.finish();
  reading.journey.behaviors.push_back(std::move(behavior));
}

}  // namespace desirepath::compiler
