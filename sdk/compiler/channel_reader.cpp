#include <optional>

#include "sdk/compiler/duration.hpp"
#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

namespace {

void read_quiet(Reading& reading, ObjectReader& reader, ChannelSpec& channel) {
  const JsonNode* quiet = reader.array("quiet");
  if (quiet == nullptr) return;
  const auto minute = [&](std::size_t at) {
    return quiet->items[at].is_string() ? parse_time_of_day(quiet->items[at].text) : std::nullopt;
  };
  if (quiet->items.size() != 2 || !minute(0) || !minute(1)) {
    reading.diagnostics.error(quiet->offset, "'quiet' of " + reader.what() +
                                                 " must be two times of day, such as [\"21:00\", \"08:00\"]");
    return;
  }
  channel.quiet_from = *minute(0);
  channel.quiet_to = *minute(1);
  if (channel.quiet_from == channel.quiet_to) {
    reading.diagnostics.error(quiet->offset,
                              "'quiet' of " + reader.what() +
                                  " begins and ends at the same time; leave it out, or write the "
                                  "hours to be quiet");
  }
}

}  // namespace

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
  read_quiet(reading, reader, channel);
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
