#include "sdk/engine/trigger.hpp"

#include "sdk/engine/bytes.hpp"

namespace desirepath {

using namespace format;

namespace {

Range find_bucket(const Program& program, const IndexRecord& index, std::string_view text) noexcept {
  const std::uint32_t hash = fnv1a(text);
  std::uint32_t low = index.buckets.begin;
  std::uint32_t high = index.buckets.end;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (program.buckets()[middle].hash < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == index.buckets.end || program.buckets()[low].hash != hash) return {0, 0};
  return program.buckets()[low].triggers;
}

}  // namespace

void add_triggers_of(const Scope& scope, const EventRecord& event, Candidates& candidates) noexcept {
  const std::string_view anchor = scope.event->message_id;
  candidates.add(event.triggers, anchor);
  for (std::uint32_t i = event.indexes.begin; i < event.indexes.end; ++i) {
    const IndexRecord& index = scope.program.indexes()[i];
    const Value value = fact_value(scope, index.fact, index.path);
    if (value.is_string()) candidates.add(find_bucket(scope.program, index, value.text()), anchor);
  }
}

}  // namespace desirepath
