#include "collector/reading/sync_state.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <vector>

#include "collector/identity/event_identity.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/reading/limits.hpp"
#include "collector/reading/profile_past.hpp"
#include "collector/reading/profile_reading.hpp"

namespace desirepath::collector {
namespace {

// The number a device gave the event; 0 where it gave none.
std::uint64_t seq_of(const StoredEvent& event) {
  const Value seq = event.value().at("context").at("seq");
  if (!seq.is_number() || !(seq.number() >= 1 && seq.number() <= 9007199254740991.0)) return 0;
  return static_cast<std::uint64_t>(seq.number());
}

// The highest number up to which all of the device's events are here, whomever they name: a device is one
// stream, whoever is signed in.
Result<std::uint64_t> contiguous_seq(ProfileSession& session, const SyncQuestion& question) {
  auto stream = session.identities().find({std::string(kAnonymousIdType), question.anonymous_id});
  if (!stream) return tl::unexpected(stream.error());
  if (!*stream) return question.seq;
  auto strands = session.strands().of_stream(**stream);
  if (!strands) return tl::unexpected(strands.error());
  std::vector<std::uint64_t> beyond;
  for (const StrandRecord& strand : *strands) {
    auto chunks = session.strands().chunks(strand.id);
    if (!chunks) return tl::unexpected(chunks.error());
    for (const ChunkHead& chunk : *chunks) {
      if (beyond.size() > kSyncEventsMax) return question.seq;
      auto events = session.strands().read(chunk.id, false);
      if (!events) return tl::unexpected(events.error());
      for (const StoredEvent& event : *events) {
        if (const std::uint64_t seq = seq_of(event); seq > question.seq) beyond.push_back(seq);
      }
    }
  }
  std::sort(beyond.begin(), beyond.end());
  std::uint64_t reached = question.seq;
  for (const std::uint64_t seq : beyond) {
    if (seq > reached + 1) break;
    reached = seq;
  }
  return reached;
}

bool is_of_device(const StoredEvent& event, std::string_view anonymous_id) {
  const Value said = event.value().at("anonymousId");
  return said.is_string() && said.text() == anonymous_id;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

struct Folded {
  std::string public_id;
  bool has_state = false;
};

// Folds the person's events into the engine.
Result<Folded> fold_person(ProfileSession& session, ProfileEngine& engine, const SyncQuestion& question,
                           std::uint64_t seq) {
  Folded folded;
  engine.open_empty();
  const auto profile = find_profile(session, kUserIdType, question.user_id);
  if (!profile && profile.error().code == ErrorCode::not_found) return folded;
  if (!profile) return tl::unexpected(profile.error());
  auto node = session.identities().node(*profile);
  if (!node) return tl::unexpected(node.error());
  folded.public_id = public_id(node->node.identifier);
  auto newest = newest_events_of_profile(session, *profile, kSyncEventsMax + 1, false);
  if (!newest) return tl::unexpected(newest.error());
  std::vector<OrderedEvent>& events = newest->events;
  std::erase_if(events, [&](const OrderedEvent& next) {
    return seq_of(next.event) > seq && is_of_device(next.event, question.anonymous_id);
  });
  if (newest->total > kSyncEventsMax || events.empty()) return folded;
  const auto person = person_of(session, *profile);
  if (!person) return tl::unexpected(person.error());
  auto past = fold_past(engine, *person, events, events.back().event.timestamp_ms);
  if (!past) return tl::unexpected(past.error());
  folded.has_state = true;
  return folded;
}

}  // namespace

Result<std::string> sync_state(ProfileSession& session, ProfileEngine& engine, const SyncQuestion& question) {
  const Journey* journey = engine.journeys().find(question.journey.empty() ? "default" : question.journey);
  if (journey == nullptr) {
    return failure(ErrorCode::not_found, "no journey of this name is loaded", "journey");
  }
  const auto seq = contiguous_seq(session, question);
  if (!seq) return tl::unexpected(seq.error());
  const auto folded = fold_person(session, engine, question, *seq);
  if (!folded) return tl::unexpected(folded.error());
  std::string json = "\"profile\":";
  if (folded->public_id.empty()) {
    json += "null";
  } else {
    append_json_string(json, folded->public_id);
  }
  json += ",\"journey\":";
  append_json_string(json, journey->name);
  json += ",\"program\":\"" + journey->program_hash + "\",\"state\":";
  const std::vector<JourneyStanding> standings = engine.acting();
  const auto standing = std::find_if(standings.begin(), standings.end(), [&](const JourneyStanding& one) {
    return one.journey == journey->name;
  });
  if (folded->has_state && standing != standings.end()) {
    json += '"' + base64(standing->state->bytes()) + '"';
  } else {
    json += "null";
  }
  const std::int64_t time_ms =
      standing == standings.end() ? 0 : std::max<std::int64_t>(0, standing->state->clock_ms());
  const ProfileReading reading = read_standings(standings, engine.journeys(), time_ms);
  return json + ",\"seq\":" + std::to_string(*seq) + ",\"consent\":" + values_json(reading.consent) +
         ",\"asks\":" + asks_json(reading);
}

}  // namespace desirepath::collector
