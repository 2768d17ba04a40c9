#include "collector/profile/profile_past.hpp"

#include <algorithm>

#include "collector/fold/profile_fold.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"

namespace desirepath::collector {
namespace {

void add_text(std::string& json, const char* key, std::string_view value) {
  json += key;
  append_json_string(json, value);
}

void add_text_or_null(std::string& json, const char* key, std::string_view value) {
  if (!value.empty()) return add_text(json, key, value);
  json += key;
  json += "null";
}

std::size_t first_of_newest(std::size_t size, std::size_t limit) {
  return size - std::min(size, limit);
}

}  // namespace

Result<ProfilePast> fold_past(ProfileEngine& engine, NodeId profile, const std::vector<OrderedEvent>& events,
                              std::int64_t until_ms) {
  ProfilePast past{{}, {}, MembershipLog(engine.journeys())};
  past.record.id = profile;
  engine.open_empty();
  for (const OrderedEvent& next : events) {
    const std::int64_t time_ms = next.event.timestamp_ms;
    if (time_ms > until_ms) break;
    past.memberships.pass_time(engine.newest(), time_ms);
    auto stepped = engine.step(next.event, past.record.traits, past.log);
    if (!stepped) return tl::unexpected(stepped.error());
    note_event(past.record, next.order, next.event);
    past.memberships.look(engine.newest(), time_ms, next.event.message_id);
  }
  past.memberships.pass_time(engine.newest(), until_ms);
  if (auto woken = engine.wake_past(until_ms, past.log); !woken) return tl::unexpected(woken.error());
  return past;
}

std::string moves_json(const std::vector<StageMoveRecord>& moves, std::size_t limit) {
  std::string json = "[";
  for (std::size_t i = first_of_newest(moves.size(), limit); i < moves.size(); ++i) {
    const StageMoveRecord& move = moves[i];
    if (json.size() > 1) json += ',';
    add_text(json, "{\"timestamp\":", format_timestamp(move.time_ms));
    add_text(json, ",\"journey\":", move.journey);
    add_text_or_null(json, ",\"from\":", move.from);
    add_text_or_null(json, ",\"to\":", move.to);
    add_text(json, ",\"messageId\":", move.message_id);
    json += '}';
  }
  return json + ']';
}

std::string memberships_json(const MembershipLog& memberships, std::size_t limit) {
  const std::vector<MembershipChange>& changes = memberships.changes();
  std::string json = "[";
  for (std::size_t i = first_of_newest(changes.size(), limit); i < changes.size(); ++i) {
    const MembershipChange& change = changes[i];
    if (json.size() > 1) json += ',';
    add_text(json, "{\"timestamp\":", format_timestamp(change.time_ms));
    add_text(json, ",\"journey\":", change.journey);
    add_text(json, ",\"audience\":", change.audience);
    add_text(json, ",\"change\":", change.entered ? "entered" : "left");
    add_text_or_null(json, ",\"messageId\":", change.message_id);
    json += '}';
  }
  return json + ']';
}

}  // namespace desirepath::collector
