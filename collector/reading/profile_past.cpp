#include "collector/reading/profile_past.hpp"

#include <algorithm>

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

Result<ProfilePerson> person_of(ProfileSession& session, NodeId profile) {
  auto proved = session.identities().is_proved(profile);
  if (!proved) return tl::unexpected(proved.error());
  return ProfilePerson{profile, *proved};
}

Result<ProfilePast> fold_past(ProfileEngine& engine, const ProfilePerson& person,
                              const std::vector<OrderedEvent>& events, std::int64_t until_ms) {
  ProfilePast past{{}, {}, MembershipLog(engine.journeys())};
  past.record.id = person.profile;
  past.record.is_proved = person.is_proved;
  engine.open_empty();
  for (const OrderedEvent& next : events) {
    const std::int64_t time_ms = next.event.timestamp_ms;
    if (time_ms > until_ms) break;
    past.memberships.pass_time(engine.newest(), time_ms);
    auto stepped = engine.step(next.order, next.event, past.record, past.log);
    if (!stepped) return tl::unexpected(stepped.error());
    past.memberships.look(engine.newest(), time_ms, next.event.message_id);
  }
  past.memberships.pass_time(engine.newest(), until_ms);
  if (auto woken = engine.wake_past(until_ms, past.record, past.log); !woken)
    return tl::unexpected(woken.error());
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
