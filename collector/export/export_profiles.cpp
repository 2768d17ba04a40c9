#include "collector/export/export_profiles.hpp"

#include <algorithm>

#include "collector/identity/event_identity.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/decision_line.hpp"
#include "collector/profile/profile_reading.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kProfilesPerPage = 500;
constexpr int kNobodyBuckets = 256;

// Calls `visit(session, listed profile)` for each profile by public id, in one snapshot.
template <typename Visit>
Result<void> for_each_profile(ProfileSession& session, Visit visit) {
  std::string after;
  while (true) {
    auto page = session.profiles().list(after, kProfilesPerPage);
    if (!page) return tl::unexpected(page.error());
    for (const ProfileRows::Listed& listed : *page) {
      if (auto done = visit(listed); !done) return done;
    }
    if (page->size() < kProfilesPerPage) return {};
    after = page->back().public_id;
  }
}

std::string_view first_value(const std::vector<NamedIdentifier>& identifiers, std::string_view type) {
  const auto found = std::find_if(identifiers.begin(), identifiers.end(), [&](const NamedIdentifier& named) {
    return named.identifier.type == type;
  });
  return found == identifiers.end() ? std::string_view{} : found->identifier.value;
}

std::string profile_line(std::string_view id, const ProfileRecord& profile, const ProfileReading& reading,
                         const std::vector<NamedIdentifier>& identifiers) {
  std::string line = "{\"profile\":";
  append_json_string(line, id);
  line += ",\"identifiers\":" + identifiers_json(identifiers) + ",\"traits\":" + traits_json(profile.traits);
  line += ",\"stage\":";
  if (reading.stage.empty()) {
    line += "null,\"stageSince\":null";
  } else {
    append_json_string(line, reading.stage);
    line += ",\"stageSince\":\"" + format_timestamp(reading.stage_since_ms) + '"';
  }
  line += ",\"audiences\":" + audiences_json(reading) + ",\"behaviors\":" + values_json(reading.behaviors);
  line += ",\"scores\":" + values_json(reading.scores);
  line += ",\"firstSeen\":\"" + format_timestamp(profile.first_ms) + "\",\"lastSeen\":\"" +
          format_timestamp(profile.last_ms) + "\"}\n";
  return line;
}

std::string profile_cells(std::string_view id, const ProfileRecord& profile, const ProfileReading& reading,
                          const std::vector<NamedIdentifier>& identifiers) {
  std::string audiences;
  for (const std::string& audience : reading.audiences)
    audiences += (audiences.empty() ? "" : " ") + audience;
  CsvLine line;
  line.add(id).add(first_value(identifiers, kUserIdType)).add(first_value(identifiers, kAnonymousIdType));
  line.add(reading.stage)
      .add(reading.stage.empty() ? std::string() : format_timestamp(reading.stage_since_ms));
  line.add(format_timestamp(profile.first_ms)).add(format_timestamp(profile.last_ms)).add(audiences);
  line.add(identifiers_json(identifiers))
      .add(traits_json(profile.traits))
      .add(values_json(reading.behaviors))
      .add(values_json(reading.scores));
  return line.take();
}

std::string text_of(const Value& value) {
  if (value.is_string()) return std::string(value.text());
  return value.is_null() ? std::string() : json_from_tagged(value);
}

std::string event_cells(std::string_view profile, const StoredEvent& event) {
  const Value tree = event.value();
  CsvLine line;
  line.add(profile)
      .add(format_timestamp(event.timestamp_ms))
      .add(event.message_id)
      .add(text_of(tree.at("type")));
  line.add(text_of(tree.at("event"))).add(text_of(tree.at("userId"))).add(text_of(tree.at("anonymousId")));
  line.add(format_timestamp(event.received_at_ms)).add(event.source);
  line.add(event.trust == Trust::proved ? "proved" : "claimed");
  line.add(text_of(tree.at("properties"))).add(text_of(tree.at("traits"))).add(text_of(tree.at("context")));
  return line.take();
}

std::string event_row(ExportFormat format, std::string_view profile, const StoredEvent& event) {
  if (format == ExportFormat::csv) return event_cells(profile, event);
  // A line end in JSON is white space; inside texts it is escaped.
  std::string line = event.json;
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line + '\n';
}

// Events that name nobody, bucket by bucket.
Result<void> export_nobody(ProfileSession& session, ExportFormat format, const ExportSink& sink) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (int bucket = 0; bucket < kNobodyBuckets; ++bucket) {
    const Identifier stream{std::string(kNobodyType), {kDigits[bucket >> 4], kDigits[bucket & 15]}};
    auto node = session.identities().find(stream);
    if (!node) return tl::unexpected(node.error());
    if (!*node) continue;
    auto events = events_of_profile(session, **node, true);
    if (!events) return tl::unexpected(events.error());
    for (const OrderedEvent& next : *events) {
      if (auto done = sink(event_row(format, {}, next.event)); !done) return done;
    }
  }
  return {};
}

std::string decision_cells(std::string_view profile, const DecisionRecord& decision) {
  CsvLine line;
  line.add(profile).add(format_timestamp(decision.time_ms)).add(decision.message_id).add(decision.trigger);
  line.add(decision.fired ? "fired" : "suppressed")
      .add(decision.reason)
      .add(decision.channel)
      .add(decision.slot);
  line.add(decision.treatment).add(decision.decision_id).add(std::to_string(decision.revision));
  line.add(decision.retracted ? "true" : "false");
  return line.take();
}

}  // namespace

Result<void> export_profiles(ProfileStore& store, const JourneySet& journeys, ExportFormat format,
                             const ExportSink& sink) {
  auto snapshot = store.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  ProfileSession& session = **snapshot;
  if (format == ExportFormat::csv) {
    auto done = sink(
        "profile,userId,anonymousId,stage,stageSince,firstSeen,lastSeen,audiences,identifiers,traits,"
        "behaviors,"
        "scores\r\n");
    if (!done) return done;
  }
  return for_each_profile(session, [&](const ProfileRows::Listed& listed) -> Result<void> {
    auto profile = session.profiles().load(listed.id);
    if (!profile) return tl::unexpected(profile.error());
    if (!*profile) return {};
    auto identifiers = identifiers_of(session, journeys.identifiers, listed.id);
    if (!identifiers) return tl::unexpected(identifiers.error());
    auto reading = read_profile(**profile, journeys, (*profile)->last_ms);
    if (!reading) return tl::unexpected(reading.error());
    return sink(format == ExportFormat::jsonl
                    ? profile_line(listed.public_id, **profile, *reading, *identifiers)
                    : profile_cells(listed.public_id, **profile, *reading, *identifiers));
  });
}

Result<void> export_events(ProfileStore& store, ExportFormat format, const ExportSink& sink) {
  auto snapshot = store.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  ProfileSession& session = **snapshot;
  if (format == ExportFormat::csv) {
    auto done = sink(
        "profile,timestamp,messageId,type,event,userId,anonymousId,receivedAt,source,trust,properties,traits,"
        "context\r\n");
    if (!done) return done;
  }
  auto done = for_each_profile(session, [&](const ProfileRows::Listed& listed) -> Result<void> {
    auto events = events_of_profile(session, listed.id, true);
    if (!events) return tl::unexpected(events.error());
    for (const OrderedEvent& next : *events) {
      if (auto written = sink(event_row(format, listed.public_id, next.event)); !written) return written;
    }
    return {};
  });
  return done ? export_nobody(session, format, sink) : done;
}

Result<void> export_decisions(ProfileStore& store, ExportFormat format, const ExportSink& sink) {
  auto snapshot = store.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  ProfileSession& session = **snapshot;
  if (format == ExportFormat::csv) {
    auto done = sink(
        "profile,timestamp,messageId,trigger,outcome,reason,channel,slot,treatment,decisionId,revision,"
        "retracted\r\n");
    if (!done) return done;
  }
  return for_each_profile(session, [&](const ProfileRows::Listed& listed) -> Result<void> {
    auto decisions = session.profiles().decisions(listed.id);
    if (!decisions) return tl::unexpected(decisions.error());
    for (const DecisionRecord& decision : *decisions) {
      auto done = sink(format == ExportFormat::jsonl ? decision_line(listed.public_id, decision) + '\n'
                                                     : decision_cells(listed.public_id, decision));
      if (!done) return done;
    }
    return {};
  });
}

}  // namespace desirepath::collector
