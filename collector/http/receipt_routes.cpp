#include <algorithm>
#include <string>

#include "collector/fold/journeys.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/backlog_limit.hpp"
#include "collector/http/routes.hpp"
#include "collector/identity/identifier_rules.hpp"
#include "collector/ingest/decode_body.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/ingest/json_check.hpp"
#include "collector/ingest/json_mistake.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ops/key_ring.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/receipt/receipt_event.hpp"

namespace desirepath::collector {
namespace {

// One receipt, or {"receipts":[…]}.
Result<std::vector<std::string_view>> receipts_of(const std::string& text) {
  if (!is_plain_json(text)) {
    const auto mistake = find_json_mistake(text);
    return failure(ErrorCode::not_json, mistake ? describe(*mistake) : "the body is nested too deep");
  }
  const auto body = cut_object(text);
  if (!body) return failure(ErrorCode::bad_request, "the body must be a receipt or {\"receipts\":[…]}");
  const RawMember* list = body->find("receipts");
  if (list == nullptr) return std::vector<std::string_view>{trim_json(text)};
  auto receipts = cut_array(list->value);
  if (!receipts) return failure(ErrorCode::bad_request, "'receipts' must be a list", "receipts");
  if (receipts->size() > kReceiptsMax) {
    return failure(ErrorCode::too_large, "more than " + std::to_string(kReceiptsMax) + " receipts at once",
                   "receipts");
  }
  return std::move(*receipts);
}

// The ids of whoever has an identifier: the first userId, else the first anonymousId, bytewise.
Result<std::optional<KnownPerson>> find_person(ProfileStore& profiles, std::string_view type,
                                               std::string_view value) {
  using Found = std::optional<KnownPerson>;
  if (type == kUserIdType) return Found(KnownPerson{std::string(value), {}});
  if (type == kAnonymousIdType) return Found(KnownPerson{{}, std::string(value)});
  auto snapshot = profiles.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  const auto profile = find_profile(**snapshot, type, value);
  if (!profile) {
    if (profile.error().code == ErrorCode::not_found) return Found{};
    return tl::unexpected(profile.error());
  }
  const auto members = (*snapshot)->identities().members(*profile);
  if (!members) return tl::unexpected(members.error());
  KnownPerson person;
  for (const NodeId member : *members) {
    const auto node = (*snapshot)->identities().node(member);
    if (!node) return tl::unexpected(node.error());
    const Identifier& identifier = node->node.identifier;
    for (const auto& [kind, id] :
         {std::pair(kUserIdType, &person.user_id), std::pair(kAnonymousIdType, &person.anonymous_id)}) {
      if (identifier.type == kind && (id->empty() || identifier.value < *id)) *id = identifier.value;
    }
  }
  if (!person.user_id.empty()) person.anonymous_id.clear();
  return person.user_id.empty() && person.anonymous_id.empty() ? Found{} : Found(person);
}

Result<IngestAnswer> take_receipts(Api& api, const HttpRequest& request) {
  if (is_behind(api)) {
    return failure(ErrorCode::rate_limited, "too much waits to be folded; try again later");
  }
  auto text = decode_body(request.body, request.content_encoding, api.ingest.options().body_bytes_max);
  if (!text) return tl::make_unexpected(text.error());
  const auto receipts = receipts_of(*text);
  if (!receipts) return tl::make_unexpected(receipts.error());
  const auto journeys = api.journeys.current();
  const FindPerson find = [&](std::string_view type, std::string_view value) {
    return find_person(api.profiles, type, value);
  };
  std::string batch = "{\"batch\":[";
  std::vector<std::size_t> places;  // of the events, among the receipts
  std::vector<Rejection> refused;
  for (std::size_t i = 0; i < receipts->size(); ++i) {
    auto event = receipt_event((*receipts)[i], *journeys, find);
    if (!event) return tl::make_unexpected(event.error());
    if (!*event) {
      EventMistake& mistake = event->error();
      refused.push_back({i, mistake.code, std::move(mistake.message), std::move(mistake.field)});
      continue;
    }
    batch.append(places.empty() ? "" : ",").append(**event);
    places.push_back(i);
  }
  auto envelope = open_envelope(batch + "]}", std::nullopt);
  if (!envelope) return tl::make_unexpected(envelope.error());
  auto answer = api.ingest.accept(*envelope, Sender{request.key->source, Trust::proved});
  if (!answer) return answer;
  for (Rejection& rejection : answer->rejected) rejection.index = places[rejection.index];
  std::move(refused.begin(), refused.end(), std::back_inserter(answer->rejected));
  std::sort(answer->rejected.begin(), answer->rejected.end(),
            [](const Rejection& one, const Rejection& other) { return one.index < other.index; });
  return answer;
}

}  // namespace

HttpAnswer answer_receipts(Api& api, const HttpRequest& request) {
  return ingest_answer(api, take_receipts(api, request));
}

}  // namespace desirepath::collector
