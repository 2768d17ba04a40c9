#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

std::string quoted(std::string_view kind, std::string_view id) {
  return std::string(kind) + " '" + std::string(id) + "'";
}

std::vector<std::string> names_of(const std::set<std::string>& ids) {
  return {ids.begin(), ids.end()};
}

std::string id_of(Reading& reading, const JsonNode& node, const char* kind, std::set<std::string>& taken) {
  const JsonNode* id = node.find("id");
  if (id == nullptr || !id->is_string() || id->text.empty()) return {};
  check_id({id->text, id->offset}, reading.diagnostics);
  if (!taken.insert(id->text).second) {
    reading.diagnostics.error(id->offset, quoted(kind, id->text) + " is declared twice");
  }
  return id->text;
}

EventFilter read_filter(ObjectReader& reader) {
  EventFilter filter;
  filter.event = reader.required_text("event");
  filter.where = reader.object("where");
  return filter;
}

EventFilter read_filter(Reading& reading, const JsonNode& node, const std::string& what) {
  ObjectReader reader(node, what, reading.diagnostics);
  EventFilter filter = read_filter(reader);
  reader.finish();
  return filter;
}

std::vector<EventFilter> read_filters(Reading& reading, const JsonNode& node, const std::string& what) {
  if (!node.is_array()) return {read_filter(reading, node, what)};
  std::vector<EventFilter> filters;
  for (const JsonNode& item : node.items) filters.push_back(read_filter(reading, item, what));
  return filters;
}

}  // namespace desirepath::compiler
