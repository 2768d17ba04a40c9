#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

void read_purpose(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("purpose", member.key), reading.diagnostics);
  reading.journey.purposes.push_back({{member.key, member.offset}, reader.cap("cap")});
  reader.text("owner");
  reader.finish();
}

void read_channel(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("channel", member.key), reading.diagnostics);
  ChannelSpec channel;
  channel.id = {member.key, member.offset};
  channel.cap = reader.cap("cap");
  channel.consent = reader.text("consent");
  reader.text("owner");
  reader.refuse("quiet", "quiet hours");
  reader.finish();
  reading.journey.channels.push_back(std::move(channel));
}

void read_destination(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("destination", member.key), reading.diagnostics);
  const Name type = reader.required_text("type");
  if (!type.empty() && type.text != "webhook") {
    reading.diagnostics.error(type.offset,
                              "unknown destination type '" + type.text + "'; there is 'webhook'");
  }
  reader.required_text("url");
  reader.text("secret");
  reader.finish();
  reading.diagnostics.warning(member.offset,
                              quoted("destination", member.key) +
                                  ": this version delivers nothing; decisions for it stay in the history");
  reading.destinations.insert(member.key);
}

}  // namespace desirepath::compiler
