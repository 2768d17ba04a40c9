#include "sdk/engine/watch.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/next_turn.hpp"

namespace desirepath {

using namespace format;

namespace {

// When to look next, kNoTime for after an event only · 1 for a member · messageId
constexpr std::size_t kMemberAt = kTimeBytes;
constexpr std::size_t kAnchorAt = kMemberAt + 1;

Payload record_of(const Program& program, const State& state, std::uint32_t watch) noexcept {
  const Payload record = state.find(program.watches()[watch].key, Family::watch);
  return record.size() < kAnchorAt ? Payload() : record;
}

}  // namespace

Membership look_at(const Scope& scope, State& state, std::uint32_t watch, bool is_beginning) noexcept {
  const WatchRecord& watched = scope.program.watches()[watch];
  const std::uint32_t condition = scope.program.audiences()[watched.audience].when;
  const bool is_member = holds(scope, condition);
  const std::int64_t turn_ms = next_turn_ms(scope, condition);

  const Payload held = record_of(scope.program, state, watch);
  const bool begins = !held && !is_beginning;
  const bool was_member = begins ? is_member : held && held[kMemberAt] != 0;
  const std::size_t anchor_bytes = scope.event != nullptr ? scope.event->message_id.size()
                                   : held                 ? held.size() - kAnchorAt
                                                          : 0;
  const MutablePayload record = state.resize(watched.key, Family::watch, kAnchorAt + anchor_bytes);
  if (!record) return Membership::same;
  store_time(record.data(), turn_ms <= kTimeMaxMs ? turn_ms : kNoTime);
  record[kMemberAt] = is_member ? 1 : 0;
  if (scope.event != nullptr) std::memcpy(&record[kAnchorAt], scope.event->message_id.data(), anchor_bytes);
  return is_member == was_member ? Membership::same : is_member ? Membership::entered : Membership::left;
}

bool is_watch_due(const Program& program, const State& state, std::uint32_t watch,
                  std::int64_t due_ms) noexcept {
  const Payload record = record_of(program, state, watch);
  return record && load_time(record.data()) == due_ms;
}

std::string_view anchor_of_watch(const Program& program, const State& state, std::uint32_t watch) noexcept {
  const Payload record = record_of(program, state, watch);
  return record ? text_at(record.data() + kAnchorAt, record.size() - kAnchorAt) : std::string_view{};
}

}  // namespace desirepath
