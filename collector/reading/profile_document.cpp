#include "collector/reading/profile_document.hpp"

#include <algorithm>
#include <optional>

#include "collector/fold/replay_engines.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/decision_line.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/reading/consent_log.hpp"
#include "collector/reading/explanation_json.hpp"
#include "collector/reading/limits.hpp"
#include "collector/reading/profile_context.hpp"
#include "collector/reading/profile_past.hpp"
#include "collector/reading/profile_reading.hpp"

namespace desirepath::collector {
namespace {

void add_text(std::string& json, const char* key, std::string_view value) {
  json += key;
  append_json_string(json, value);
}

void add_time(std::string& json, const char* key, std::int64_t time_ms) {
  add_text(json, key, format_timestamp(time_ms));
}

std::string_view text_of(const Value& value) {
  return value.is_string() ? value.text() : std::string_view{};
}

std::string detailed_traits_json(const TraitBook& traits) {
  std::string json = "{";
  for (const auto& [name, record] : traits.all()) {
    const TraitValue* chosen = record.chosen();
    if (chosen != nullptr && chosen->value().is_null()) continue;
    if (json.size() > 1) json += ',';
    append_json_string(json, name);
    const auto add_value = [&](const TraitValue& value) {
      json += "{\"value\":" + json_from_tagged(value.value());
      add_text(json, ",\"source\":", value.source);
      add_text(json, ",\"trust\":", value.trust == Trust::proved ? "proved" : "claimed");
      add_time(json, ",\"timestamp\":", value.timestamp_ms);
    };
    json += ':';
    if (chosen != nullptr) {
      add_value(*chosen);
    } else {
      json += "{\"value\":null";
    }
    add_text(json, ",\"rule\":", record.rule());
    json += ",\"others\":[";
    const std::size_t first_other = chosen != nullptr ? 1 : 0;
    for (std::size_t i = first_other; i < record.values.size(); ++i) {
      if (i > first_other) json += ',';
      add_value(record.values[i]);
      json += '}';
    }
    json += "]}";
  }
  return json + '}';
}

// The event with that messageId, or the newest; none where the profile has none.
Result<std::optional<StoredEvent>> explained_event(ProfileSession& session, NodeId profile,
                                                   std::string_view message_id) {
  auto newest = newest_events_of_profile(session, profile, message_id.empty() ? 1 : kRecentEventsRead, false);
  if (!newest) return tl::unexpected(newest.error());
  for (auto next = newest->events.rbegin(); next != newest->events.rend(); ++next) {
    if (message_id.empty() || next->event.message_id == message_id) return std::move(next->event);
  }
  if (message_id.empty()) return std::nullopt;
  return failure(ErrorCode::not_found,
                 "no event " + std::string(message_id) + " among the newest " +
                     std::to_string(kRecentEventsRead) + " of this profile",
                 "messageId");
}

// The explanations of a journey's triggers, joined by commas; all, or the one with that id.
std::string explanations_json(const Journey& journey, const State& state, const StoredEvent* stored,
                              std::string_view only, std::int64_t now_ms, ZoneTable zones) {
  const Program& program = journey.view;
  std::vector<Value> facts(program.facts().size());
  Event event;
  if (stored != nullptr) {
    const Value tree = stored->value();
    const EventType type = parse_event_type(text_of(tree.at("type"))).type;
    bind_facts(program, tree, type, facts);
    const std::string_view name = type == EventType::track ? text_of(tree.at("event")) : to_string(type);
    event = {now_ms, type, stored->message_id, name, facts};
  }
  std::string json;
  for (std::uint32_t i = 0; i < program.triggers().size(); ++i) {
    if (!only.empty() && program.string(program.triggers()[i].id) != only) continue;
    json += json.empty() ? "{\"journey\":" : ",{\"journey\":";
    append_json_string(json, journey.name);
    json +=
        ',' +
        explanation_json({program, state, stored == nullptr ? nullptr : &event, now_ms, zones}, i).substr(1);
  }
  return json;
}

// A profile as it stands at a moment, ready to be written.
struct Portrait {
  ProfileRecord record;
  ProfileReading reading;
  std::string histories;  // members of the document
};

std::string histories_json(const ProfilePast& past) {
  return ",\"stageHistory\":" + moves_json(past.log.moves, kRecentListMax) +
         ",\"audienceHistory\":" + memberships_json(past.memberships, kRecentListMax);
}

// As it is now: from the store, with its histories where it is small enough to fold its past on the way.
Result<Portrait> portrait_of_now(ProfileSession& session, ReplayEngines::Lease& engine, NodeId profile,
                                 const NewestEvents& newest, std::int64_t now_ms) {
  auto record = session.profiles().load(profile);
  if (!record) return tl::unexpected(record.error());
  if (!*record) return failure(ErrorCode::not_found, "this profile has no events of its own");
  Portrait portrait{**std::move(record), {}, ",\"stageHistory\":null,\"audienceHistory\":null"};
  const JourneySet& journeys = engine->journeys();
  auto reading = read_profile(portrait.record, journeys, now_ms);
  if (!reading) return tl::unexpected(reading.error());
  portrait.reading = *std::move(reading);
  if (newest.total > kHistoryInlineEventsMax) return portrait;
  auto past = fold_past(*engine, {profile, portrait.record.is_proved}, newest.events, now_ms);
  if (!past) return tl::unexpected(past.error());
  portrait.histories = histories_json(*past);
  return portrait;
}

// As it was: of the events that had happened by then.
Result<Portrait> portrait_of_then(ReplayEngines::Lease& engine, const ProfilePerson& person,
                                  const std::vector<OrderedEvent>& events, std::int64_t then_ms) {
  auto past = fold_past(*engine, person, events, then_ms);
  if (!past) return tl::unexpected(past.error());
  if (past->record.events == 0) {
    return failure(ErrorCode::not_found, "this profile had no events yet at " + format_timestamp(then_ms),
                   "as_of");
  }
  Portrait portrait;
  portrait.reading = read_standings(engine->acting(), engine->journeys(), then_ms);
  portrait.histories = histories_json(*past);
  portrait.record = std::move(past->record);
  return portrait;
}

// All events by that time, as far as a read may fold them anew.
Result<std::vector<OrderedEvent>> events_until(ProfileSession& session, NodeId profile,
                                               std::int64_t until_ms) {
  auto events = newest_events_of_profile(session, profile, kPastEventsMax + 1, false);
  if (!events) return tl::unexpected(events.error());
  if (events->total > kPastEventsMax) {
    return failure(ErrorCode::too_large, "this profile has more than " + std::to_string(kPastEventsMax) +
                                             " events; its past is not folded for a read");
  }
  std::erase_if(events->events, [&](const OrderedEvent& next) { return next.event.timestamp_ms > until_ms; });
  return std::move(events->events);
}

std::vector<OrderedEvent> newest_of(std::vector<OrderedEvent> events) {
  if (events.size() > kRecentEventsRead) {
    events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(kRecentEventsRead));
  }
  return events;
}

void add_reading(std::string& json, const ProfileReading& reading) {
  if (reading.stage.empty()) {
    json += ",\"stage\":null,\"stageSince\":null";
  } else {
    add_text(json, ",\"stage\":", reading.stage);
    add_time(json, ",\"stageSince\":", reading.stage_since_ms);
  }
  json += ",\"journeys\":" + journeys_json(reading) + ",\"audiences\":" + audiences_json(reading) +
          ",\"behaviors\":" + values_json(reading.behaviors) + ",\"scores\":" + values_json(reading.scores) +
          ",\"tiers\":" + values_json(reading.tiers) + ",\"propensity\":" + values_json(reading.propensity) +
          ",\"consent\":" + values_json(reading.consent) + ",\"asks\":" + asks_json(reading);
}

}  // namespace

Result<std::string> profile_json(ProfileStore& store, ReplayEngines& engines, std::string_view type,
                                 std::string_view value, std::int64_t now_ms,
                                 std::optional<std::int64_t> as_of_ms) {
  auto found = snapshot_of(store, type, value);
  if (!found) return tl::unexpected(found.error());
  ProfileSession& session = *found->session;
  auto engine = engines.lease(session);
  if (!engine) return tl::unexpected(engine.error());
  const JourneySet& journeys = (*engine)->journeys();
  auto identifiers = identifiers_of(session, journeys.identifiers, found->profile);
  if (!identifiers) return tl::unexpected(identifiers.error());

  std::vector<OrderedEvent> events;
  Result<Portrait> portrait;
  std::int64_t time_ms = 0;
  if (as_of_ms) {
    time_ms = *as_of_ms;
    auto until = events_until(session, found->profile, time_ms);
    if (!until) return tl::unexpected(until.error());
    const auto person = person_of(session, found->profile);
    if (!person) return tl::unexpected(person.error());
    portrait = portrait_of_then(*engine, *person, *until, time_ms);
    events = newest_of(*std::move(until));
  } else {
    auto newest = newest_events_of_profile(session, found->profile, kRecentEventsRead, false);
    if (!newest) return tl::unexpected(newest.error());
    if (!newest->events.empty()) time_ms = newest->events.back().event.timestamp_ms;
    time_ms = std::max(now_ms, time_ms);
    portrait = portrait_of_now(session, *engine, found->profile, *newest, time_ms);
    events = std::move(newest->events);
  }
  if (!portrait) return tl::unexpected(portrait.error());

  std::string json = "{";
  add_text(json, "\"profile\":", found->public_id);
  if (as_of_ms) add_time(json, ",\"asOf\":", time_ms);
  json += ",\"identifiers\":" + identifiers_json(*identifiers);
  json += ",\"traits\":" + detailed_traits_json(portrait->record.traits);
  json += ",\"consents\":" + consents_json(portrait->record.consents);
  add_reading(json, portrait->reading);
  json += portrait->histories + context_members(events, journeys, portrait->record.is_proved, time_ms);
  json += ",\"events\":" + std::to_string(portrait->record.events);
  add_time(json, ",\"firstSeen\":", portrait->record.first_ms);
  add_time(json, ",\"lastSeen\":", portrait->record.last_ms);
  add_text(json, ",\"cursor\":", found->cursor);
  return json + '}';
}

Result<std::string> history_json(ProfileStore& store, ReplayEngines& engines, std::string_view type,
                                 std::string_view value, std::int64_t now_ms, std::size_t limit) {
  auto found = snapshot_of(store, type, value);
  if (!found) return tl::unexpected(found.error());
  auto engine = engines.lease(*found->session);
  if (!engine) return tl::unexpected(engine.error());
  auto events = events_until(*found->session, found->profile, now_ms);
  if (!events) return tl::unexpected(events.error());
  const auto person = person_of(*found->session, found->profile);
  if (!person) return tl::unexpected(person.error());
  auto past = fold_past(**engine, *person, *events, now_ms);
  if (!past) return tl::unexpected(past.error());
  std::string json = "{";
  add_text(json, "\"profile\":", found->public_id);
  json += ",\"stages\":" + moves_json(past->log.moves, limit);
  json += ",\"audiences\":" + memberships_json(past->memberships, limit);
  add_text(json, ",\"cursor\":", found->cursor);
  return json + '}';
}

Result<std::string> events_json(ProfileStore& store, std::string_view type, std::string_view value,
                                std::size_t limit) {
  auto found = snapshot_of(store, type, value);
  if (!found) return tl::unexpected(found.error());
  auto newest =
      newest_events_of_profile(*found->session, found->profile, std::min(limit, kAnswerEventsMax), true);
  if (!newest) return tl::unexpected(newest.error());
  std::string json = "{";
  add_text(json, "\"profile\":", found->public_id);
  json += ",\"total\":" + std::to_string(newest->total) + ",\"events\":[";
  for (const OrderedEvent& next : newest->events) {
    const StoredEvent& event = next.event;
    if (json.back() != '[') json += ',';
    add_time(json, "{\"receivedAt\":", event.received_at_ms);
    add_text(json, ",\"source\":", event.source);
    add_text(json, ",\"trust\":", event.trust == Trust::proved ? "proved" : "claimed");
    json += ",\"event\":" + event.json + '}';
  }
  add_text(json, "],\"cursor\":", found->cursor);
  return json + '}';
}

Result<std::string> decisions_json(ProfileStore& store, std::string_view type, std::string_view value,
                                   std::size_t limit) {
  auto found = snapshot_of(store, type, value);
  if (!found) return tl::unexpected(found.error());
  auto decisions = found->session->profiles().decisions(found->profile);
  if (!decisions) return tl::unexpected(decisions.error());
  std::string json = "{";
  add_text(json, "\"profile\":", found->public_id);
  json += ",\"total\":" + std::to_string(decisions->size()) + ",\"decisions\":[";
  const std::size_t shown = std::min({limit, decisions->size(), kAnswerEventsMax});
  for (std::size_t i = decisions->size() - shown; i < decisions->size(); ++i) {
    if (json.back() != '[') json += ',';
    json += decision_line(found->public_id, (*decisions)[i]);
  }
  add_text(json, "],\"cursor\":", found->cursor);
  return json + '}';
}

Result<std::string> explain_json(ProfileStore& store, const JourneySet& journeys, std::string_view type,
                                 std::string_view value, std::string_view trigger,
                                 std::string_view message_id, std::int64_t now_ms) {
  auto found = snapshot_of(store, type, value);
  if (!found) return tl::unexpected(found.error());
  ProfileSession& session = *found->session;
  auto profile = session.profiles().load(found->profile);
  if (!profile) return tl::unexpected(profile.error());
  auto event = explained_event(session, found->profile, message_id);
  if (!event) return tl::unexpected(event.error());
  const ProfileRecord record = profile->value_or(ProfileRecord{});
  const std::int64_t time_ms = std::max(now_ms, record.last_ms);
  std::string triggers;
  for (const Journey& journey : journeys.journeys) {
    const auto restored = restore_state(record, journey);
    if (!restored) return tl::unexpected(restored.error());
    const std::string lines =
        explanations_json(journey, restored->state, *event ? &**event : nullptr, trigger, time_ms,
                          journeys.zones->of(journey.view, restored->state));
    if (!lines.empty()) triggers += (triggers.empty() ? "" : ",") + lines;
  }
  if (triggers.empty() && !trigger.empty()) {
    return failure(ErrorCode::not_found, "no journey has a trigger " + std::string(trigger), "trigger");
  }
  std::string json = "{";
  add_text(json, "\"profile\":", found->public_id);
  add_time(json, ",\"timestamp\":", time_ms);
  if (*event) {
    add_text(json, ",\"messageId\":", (*event)->message_id);
  } else {
    json += ",\"messageId\":null";
  }
  json += ",\"triggers\":[" + triggers;
  add_text(json, "],\"cursor\":", found->cursor);
  return json + '}';
}

Result<std::string> ledger_json(ProfileStore& store, const JourneySet& journeys, std::string_view type,
                                std::string_view value) {
  auto found = snapshot_of(store, type, value);
  if (!found) return tl::unexpected(found.error());
  ProfileSession& session = *found->session;
  auto members = session.identities().members(found->profile);
  if (!members) return tl::unexpected(members.error());
  std::vector<std::pair<LinkOrigin, std::string>> lines;
  std::vector<std::pair<NodeId, NodeId>> seen;
  for (const NodeId member : *members) {
    auto links = session.identities().links_of(member, false);
    if (!links) return tl::unexpected(links.error());
    for (const StoredLink& link : *links) {
      if (std::find(seen.begin(), seen.end(), std::pair(link.one, link.other)) != seen.end()) continue;
      seen.emplace_back(link.one, link.other);
      auto one = session.identities().node(link.one);
      if (!one) return tl::unexpected(one.error());
      auto other = session.identities().node(link.other);
      if (!other) return tl::unexpected(other.error());
      if (journeys.identifiers.stronger(other->node.identifier, one->node.identifier))
        std::swap(*one, *other);
      const bool proved = link.evidence.proved.has_value();
      const LinkOrigin origin = proved ? *link.evidence.proved : link.evidence.claimed.value_or(LinkOrigin{});
      std::string line = "{";
      add_text(line, "\"a\":", to_string(one->node.identifier));
      add_text(line, ",\"b\":", to_string(other->node.identifier));
      add_text(line, ",\"trust\":", proved ? "proved" : "claimed");
      add_time(line, ",\"timestamp\":", origin.timestamp_ms);
      add_text(line, ",\"messageId\":", origin.message_id);
      add_text(line, ",\"verdict\":", to_string(link.verdict));
      lines.emplace_back(origin, line + '}');
    }
  }
  std::sort(lines.begin(), lines.end());
  std::string json = "{";
  add_text(json, "\"profile\":", found->public_id);
  json += ",\"links\":[";
  for (const auto& [origin, line] : lines) json += (json.back() == '[' ? "" : ",") + line;
  json += "],\"cuts\":[";
  auto cuts = session.identities().cuts();
  if (!cuts) return tl::unexpected(cuts.error());
  for (const CutRecord& cut : *cuts) {
    auto one = session.identities().find(cut.one);
    auto other = session.identities().find(cut.other);
    const auto is_ours = [&](const Result<std::optional<NodeId>>& id) {
      return id && *id && std::find(members->begin(), members->end(), **id) != members->end();
    };
    if (!is_ours(one) && !is_ours(other)) continue;
    if (json.back() != '[') json += ',';
    add_text(json, "{\"a\":", to_string(cut.one));
    add_text(json, ",\"b\":", to_string(cut.other));
    add_time(json, ",\"timestamp\":", cut.made_at_ms);
    json += '}';
  }
  return json + "]}";
}

}  // namespace desirepath::collector
