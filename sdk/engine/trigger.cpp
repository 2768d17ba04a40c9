#include "sdk/engine/trigger.hpp"

#include "sdk/engine/bytes.hpp"

namespace desirepath {

using namespace format;

namespace {

Range find_bucket(const Program& program, const IndexRecord& index, std::string_view text) noexcept {
  const std::uint32_t hash = fnv1a(text);
  const std::uint32_t size = index.buckets.end - index.buckets.begin;
  for (std::uint32_t i = 0; i < size; ++i) {
    const BucketRecord& bucket = program.buckets()[index.buckets.begin + ((hash + i) & (size - 1))];
    if (bucket.hash == hash || bucket.triggers.begin == bucket.triggers.end) return bucket.triggers;
  }
  return {0, 0};
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
