#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

void read_ask(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("ask", member.key), reading.diagnostics);
  AskSpec ask;
  ask.id = {member.key, member.offset};
  ask.trait = reader.text("trait");
  if (ask.trait.empty()) ask.trait = ask.id;
  ask.cap = reader.cap("cap");
  ask.when = reader.object("when");
  ask.priority = static_cast<std::int32_t>(reader.integer("priority", 0, -1000000, 1000000));
  reader.finish();
  reading.journey.asks.push_back(std::move(ask));
}

}  // namespace desirepath::compiler
