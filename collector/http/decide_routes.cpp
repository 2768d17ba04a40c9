#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "collector/fold/fold.hpp"
#include "collector/fold/replay_engines.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/backlog_limit.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/routes.hpp"
#include "collector/identity/event_identity.hpp"
#include "collector/ingest/check_event.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/reading/live_decision.hpp"
#include "collector/reading/profile_reading.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kAskedEvent = "Decision Requested";
constexpr std::string_view kMemberNames[] = {"userId",   "anonymousId", "identifier", "slots",
                                             "channels", "event",       "messageId"};

std::string text_of(const Value& value) {
  if (value.is_string()) return std::string(value.text());
  return value.is_number() ? json_from_tagged(value) : std::string{};
}

Result<std::vector<std::string>> texts_of(const Value& body, std::string_view name) {
  std::vector<std::string> texts;
  const Value list = body.at(name);
  if (list.is_null()) return texts;
  const auto mistake = [&] {
    return failure(
        ErrorCode::bad_request,
        "'" + std::string(name) + "' is a list of at most " + std::to_string(kDecidePlacesMax) + " names",
        std::string(name));
  };
  if (!list.is_array() || list.count() > kDecidePlacesMax) return mistake();
  ValueCursor items(list);
  while (items.next()) {
    if (!items.value().is_string() || items.value().text().empty()) return mistake();
    texts.emplace_back(items.value().text());
  }
  return texts;
}

// Who is asked about: one of the three ways to name them.
Result<DecisionQuestion> read_question(const Value& body) {
  ValueCursor members(body);
  while (members.next()) {
    const bool known =
        std::find(std::begin(kMemberNames), std::end(kMemberNames), members.key()) != std::end(kMemberNames);
    if (!known) {
      return failure(ErrorCode::bad_request, "unknown member '" + std::string(members.key()) + "'",
                     std::string(members.key()));
    }
  }
  DecisionQuestion question;
  for (const std::string_view type : {kUserIdType, kAnonymousIdType}) {
    if (question.value.empty()) question = {std::string(type), text_of(body.at(type)), {}, {}};
  }
  if (question.value.empty()) {
    const std::string named = text_of(body.at("identifier"));
    const std::size_t colon = named.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == named.size()) {
      return failure(ErrorCode::bad_request,
                     "say who: \"userId\", \"anonymousId\", or \"identifier\" as TYPE:VALUE", "identifier");
    }
    question = {named.substr(0, colon), named.substr(colon + 1), {}, {}};
  }
  auto slots = texts_of(body, "slots");
  if (!slots) return tl::make_unexpected(slots.error());
  question.slots = *std::move(slots);
  auto channels = texts_of(body, "channels");
  if (!channels) return tl::make_unexpected(channels.error());
  question.channels = *std::move(channels);
  return question;
}

// The id by which an event of this person can be kept: their own, else the strongest known.
Result<Identifier> identifier_for_event(ProfileSession& session, const JourneySet& journeys,
                                        const DecisionQuestion& question) {
  if (question.type == kUserIdType || question.type == kAnonymousIdType) {
    return Identifier{question.type, question.value};
  }
  auto profile = find_profile(session, question.type, question.value);
  if (!profile && profile.error().code == ErrorCode::not_found) return Identifier{};
  if (!profile) return tl::make_unexpected(profile.error());
  auto known = identifiers_of(session, journeys.identifiers, *profile);
  if (!known) return tl::make_unexpected(known.error());
  for (const std::string_view type : {kUserIdType, kAnonymousIdType}) {
    for (const NamedIdentifier& named : *known) {
      if (named.identifier.type == type) return named.identifier;
    }
  }
  return Identifier{};
}

// The event that asks, as a Segment event: the caller's, else `Decision Requested` with what was asked for.
std::string event_text(const Value& body, const Identifier& who) {
  std::string json = "{";
  append_json_string(json, who.type);
  json += ':';
  append_json_string(json, who.value);
  const Value event = body.at("event");
  if (event.is_object()) {
    ValueCursor members(event);
    while (members.next()) {
      if (members.key() == who.type) continue;
      json += ',';
      append_json_string(json, members.key());
      json += ':' + json_from_tagged(members.value());
    }
  } else {
    json += ",\"event\":";
    append_json_string(json, kAskedEvent);
    json += ",\"properties\":{\"slots\":" +
            (body.at("slots").is_null() ? "[]" : json_from_tagged(body.at("slots"))) + ",\"channels\":" +
            (body.at("channels").is_null() ? "[]" : json_from_tagged(body.at("channels"))) + '}';
  }
  if (event.at("type").is_null()) json += ",\"type\":\"track\"";
  if (event.at("messageId").is_null() && body.at("messageId").is_string()) {
    json += ",\"messageId\":" + json_from_tagged(body.at("messageId"));
  }
  return json + '}';
}

// The event's cursor once it is on disk; none where it cannot be now.
std::optional<Cursor> keep(Api& api, const HttpRequest& request, const std::string& event) {
  if (is_behind(api)) return std::nullopt;
  const auto envelope = Ingest::read("{\"batch\":[" + event + "]}", {}, std::nullopt);
  if (!envelope) return std::nullopt;
  const auto kept = api.ingest.accept(*envelope, Sender{request.key->source, Trust::proved});
  if (!kept || kept->accepted + kept->duplicates == 0) return std::nullopt;
  api.counters.accepted += kept->accepted;
  api.counters.duplicates += kept->duplicates;
  return kept->cursor;
}

// A decision is taken on all that is known: a refold that waits is performed first.
Result<void> fold_all_of(Api& api, const DecisionQuestion& question) {
  if (api.fold.counters().refolds_waiting == 0) return {};
  auto session = api.profiles.snapshot();
  if (!session) return tl::make_unexpected(session.error());
  const auto profile = find_profile(**session, question.type, question.value);
  if (!profile) return {};  // who is unknown has nothing that waits
  const auto done = api.fold.refold_waiting(*profile, kWaitMax);
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

Result<std::string> decide(Api& api, const HttpRequest& request) {
  const auto tagged = tagged_from_json(request.body);
  if (!tagged) return tl::make_unexpected(tagged.error());
  const Value body = Value::read(tagged->data());
  if (!body.is_object()) return failure(ErrorCode::bad_request, "the body must be an object");
  const auto question = read_question(body);
  if (!question) return tl::make_unexpected(question.error());
  if (auto folded = fold_all_of(api, *question); !folded) return tl::make_unexpected(folded.error());
  // The snapshot comes first: what it holds, and the event, are what is decided on.
  auto session = api.profiles.snapshot();
  if (!session) return tl::make_unexpected(session.error());
  auto engine = api.engines.lease(**session);
  if (!engine) return tl::make_unexpected(engine.error());
  const auto who = identifier_for_event(**session, (*engine)->journeys(), *question);
  if (!who) return tl::make_unexpected(who.error());
  const bool can_be_kept = !who->value.empty();
  const auto checked =
      read_event(event_text(body, can_be_kept ? *who : Identifier{std::string(kAnonymousIdType), "unknown"}),
                 EventCircumstance{api.now_ms(), std::nullopt, nullptr});
  if (!checked) {
    return failure(ErrorCode::bad_request, "event: " + checked.error().message, "event");
  }
  const AcceptedEvent& event = checked->event;
  auto tree = tagged_from_json(event.json);
  if (!tree) return tl::make_unexpected(tree.error());
  auto members = decide_live(**session, **engine, api.holds, *question,
                             {.timestamp_ms = event.timestamp_ms,
                              .received_at_ms = api.now_ms(),
                              .message_id = event.message_id,
                              .source = request.key->source,
                              .trust = Trust::proved,
                              .tree = *std::move(tree),
                              .json = {}},
                             api.now_ms());
  if (!members) return members;
  const auto kept = can_be_kept ? keep(api, request, event.json) : std::nullopt;
  std::string json = '{' + *members + ",\"messageId\":";
  append_json_string(json, event.message_id);
  json += kept ? ",\"durable\":true" : ",\"durable\":false";
  return json + ",\"cursor\":\"" + std::to_string(kept ? kept->position : api.fold.cursor().position) + "\"}";
}

}  // namespace

HttpAnswer answer_decide(Api& api, const HttpRequest& request) {
  auto answer = decide(api, request);
  if (!answer) return error_answer(answer.error());
  return json_answer(std::move(*answer));
}

}  // namespace desirepath::collector
