#include "collector/reading/consent_log.hpp"

#include <deque>

#include "collector/identity/event_identity.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/event_walk.hpp"
#include "collector/profile/suppression_check.hpp"
#include "collector/reading/suppression_document.hpp"

namespace desirepath::collector {
namespace {

void add_text(std::string& json, const char* key, std::string_view value) {
  json += key;
  append_json_string(json, value);
}

const char* trust_word(Trust trust) {
  return trust == Trust::proved ? "proved" : "claimed";
}

std::string entry_json(const StoredEvent& event, const ConsentWord& word, bool is_binding) {
  std::string json;
  add_text(json, "{\"category\":", word.category);
  json += word.granted ? ",\"granted\":true" : ",\"granted\":false";
  add_text(json, ",\"timestamp\":", format_timestamp(event.timestamp_ms));
  add_text(json, ",\"receivedAt\":", format_timestamp(event.received_at_ms));
  add_text(json, ",\"messageId\":", event.message_id);
  add_text(json, ",\"source\":", event.source);
  add_text(json, ",\"trust\":", trust_word(event.trust));
  return json + (is_binding ? ",\"binding\":true}" : ",\"binding\":false}");
}

}  // namespace

std::string consents_json(const ConsentBook& consents) {
  std::string json = "{";
  for (const ConsentBook::Standing& standing : consents.standings()) {
    if (json.size() > 1) json += ',';
    append_json_string(json, standing.category);
    json += standing.granted ? ":{\"granted\":true" : ":{\"granted\":false";
    add_text(json, ",\"timestamp\":", format_timestamp(standing.timestamp_ms));
    add_text(json, ",\"receivedAt\":", format_timestamp(standing.received_at_ms));
    add_text(json, ",\"trust\":", trust_word(standing.trust));
    add_text(json, ",\"source\":", standing.source);
    add_text(json, ",\"messageId\":", standing.message_id);
    json += '}';
  }
  return json + '}';
}

Result<std::string> consent_log_json(ProfileSession& session, const JourneySet& journeys, NodeId profile,
                                     std::size_t limit) {
  auto proved = session.identities().is_proved(profile);
  if (!proved) return tl::unexpected(proved.error());
  auto strands = strands_of_profile(session, profile);
  if (!strands) return tl::unexpected(strands.error());
  auto walk = EventWalk::begin(session, *strands, {});
  if (!walk) return tl::unexpected(walk.error());
  ConsentBook binding;
  ConsentBook of_devices;
  std::deque<std::string> entries;
  while (true) {
    auto read = walk->next();
    if (!read) return tl::unexpected(read.error());
    if (*read == nullptr) break;
    const OrderedEvent& next = **read;
    const Value tree = next.event.value();
    const std::vector<ConsentWord> words = consent_words(tree);
    const bool is_binding = !*proved || next.event.trust == Trust::proved;
    ConsentBook& book = is_binding ? binding : of_devices;
    if (words.empty() && !book.awaits_owner()) continue;
    const std::string owner =
        to_string(identify_event(journeys.identifiers, tree, next.event.message_id).owner);
    const bool is_act = is_consent_act(tree);
    book.note_owner({next.order.stream, owner});
    for (const ConsentWord& word : words) {
      if (!book.take(next.event, {word}, is_act, {next.order.stream, owner})) continue;
      entries.push_back(entry_json(next.event, word, is_binding));
      if (entries.size() > limit) entries.pop_front();
    }
  }
  std::string json = "[";
  for (const std::string& entry : entries) json += (json.size() > 1 ? "," : "") + entry;
  return json + ']';
}

Result<std::string> consent_json(ProfileStore& store, const JourneySet& journeys, std::string_view type,
                                 std::string_view value, std::size_t limit) {
  auto found = snapshot_of(store, type, value);
  if (!found) return tl::unexpected(found.error());
  ProfileSession& session = *found->session;
  auto record = session.profiles().load(found->profile);
  if (!record) return tl::unexpected(record.error());
  auto log = consent_log_json(session, journeys, found->profile, limit);
  if (!log) return log;
  std::string json;
  add_text(json, "{\"profile\":", found->public_id);
  json += ",\"consents\":" + (*record ? consents_json((*record)->consents) : std::string("{}"));
  auto suppressions = suppressions_of(session, journeys.identifiers, found->profile);
  if (!suppressions) return tl::unexpected(suppressions.error());
  return json + ",\"suppressions\":" + suppressions_json(*suppressions) + ",\"log\":" + *log + '}';
}

}  // namespace desirepath::collector
