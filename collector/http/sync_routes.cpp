#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collector/fold/fold.hpp"
#include "collector/fold/replay_engines.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/backlog_limit.hpp"
#include "collector/http/ingest_answer.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/request_key.hpp"
#include "collector/http/routes.hpp"
#include "collector/ingest/decode_body.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ops/identity_token.hpp"
#include "collector/reading/sync_state.hpp"

namespace desirepath::collector {
namespace {

// A body of /v1/sync: a batch, which may be left out, and what the device asks to know.
struct SyncBody {
  Envelope envelope;
  std::string token;
  std::string anonymous_id;
  std::string journey;
  std::uint64_t seq = 0;
};

// Who a token proves to be there, or why it does not.
struct Identity {
  std::string user_id;  // empty: nobody
  std::string mistake;
};

// A member that is a text, or a number as text; empty where it is neither.
std::string text_of(const RawObject& body, std::string_view name) {
  const RawMember* member = body.find(name);
  if (member == nullptr) return {};
  const auto tagged = tagged_from_json(member->value);
  if (!tagged) return {};
  const Value value = Value::read(tagged->data());
  if (value.is_string()) return std::string(value.text());
  return value.is_number() ? json_from_tagged(value) : std::string{};
}

Result<SyncBody> read_body(Api& api, const HttpRequest& request) {
  auto text = decode_body(request.body, request.content_encoding, api.ingest.options().body_bytes_max);
  if (!text) return tl::make_unexpected(text.error());
  const auto members = cut_object(*text);
  if (!members) return failure(ErrorCode::bad_request, "the body must be an object");
  SyncBody body;
  body.token = text_of(*members, "token");
  body.anonymous_id = text_of(*members, "anonymousId");
  body.journey = text_of(*members, "journey");
  if (members->find("seq") != nullptr) {
    const auto tagged = tagged_from_json(members->find("seq")->value);
    const Value seq = tagged ? Value::read(tagged->data()) : Value{};
    if (!seq.is_number() || !(seq.number() >= 0 && seq.number() <= 9007199254740991.0)) {
      return failure(ErrorCode::bad_request, "'seq' must be a whole number from 0 on", "seq");
    }
    body.seq = static_cast<std::uint64_t>(seq.number());
  }
  std::string batch = *std::move(text);
  if (members->find("batch") == nullptr) {
    batch.insert(batch.find('{') + 1, members->members.empty() ? "\"batch\":[]" : "\"batch\":[],");
  }
  auto envelope = open_envelope(std::move(batch), std::nullopt);
  if (!envelope) return tl::make_unexpected(envelope.error());
  body.envelope = *std::move(envelope);
  return body;
}

Identity identify(Api& api, const std::string& token) {
  if (token.empty()) return {};
  auto user_id = verify_identity_token(token, api.keys.identity_keys(), api.now_ms());
  if (!user_id) return {{}, user_id.error().message};
  return {*std::move(user_id), {}};
}

// Whether the token speaks for the event: it names the token's user, and says nothing that the site's server
// has not said. Traits, an alias and a group are what the browser makes of itself: they stay claimed, or
// signing in would let anybody take somebody else's e-mail address for theirs.
bool is_proved(std::string_view raw, const SharedMembers& shared, std::string_view user_id) {
  const auto tagged = tagged_from_json(raw);
  if (!tagged) return false;
  const Value event = Value::read(tagged->data());
  const Value type = event.at("type");
  if (!type.is_string() || type.text() == "alias" || type.text() == "group") return false;
  const auto shared_value = [](std::string_view json) {
    auto bytes = tagged_from_json(json.empty() ? std::string_view("null") : json);
    return bytes ? *std::move(bytes) : std::vector<std::uint8_t>{};
  };
  const auto shared_user = shared_value(shared.user_id);
  Value user = event.at("userId");
  if (user.is_missing() && !shared_user.empty()) user = Value::read(shared_user.data());
  const std::string named = user.is_string()   ? std::string(user.text())
                            : user.is_number() ? json_from_tagged(user)
                                               : std::string{};
  const bool has_traits = !event.at("traits").is_null() || !event.at("context").at("traits").is_null() ||
                          shared.context_members.find("traits") != nullptr;
  return named == user_id && !has_traits;
}

// A batch of some events of the envelope, with what they share.
std::string batch_of(const Envelope& envelope, const std::vector<std::size_t>& indexes) {
  std::string text = "{\"batch\":[";
  for (const std::size_t index : indexes) {
    if (text.back() != '[') text += ',';
    text += envelope.events[index];
  }
  text += ']';
  const auto add = [&](const char* name, std::string_view raw) {
    if (!raw.empty()) text.append(",\"").append(name).append("\":").append(raw);
  };
  add("anonymousId", envelope.shared.anonymous_id);
  add("userId", envelope.shared.user_id);
  add("context", envelope.shared.context);
  return text + '}';
}

void merge(IngestAnswer& whole, IngestAnswer part, const std::vector<std::size_t>& indexes) {
  whole.accepted += part.accepted;
  whole.duplicates += part.duplicates;
  whole.cursor = std::max(whole.cursor, part.cursor);
  for (Rejection& rejection : part.rejected) {
    rejection.index = indexes[rejection.index];
    whole.rejected.push_back(std::move(rejection));
  }
  for (Rejection& warning : part.warnings) {
    warning.index = indexes[warning.index];
    whole.warnings.push_back(std::move(warning));
  }
}

// Stores the batch, what the token speaks for as proved.
Result<IngestAnswer> take_in(Api& api, const HttpRequest& request, const KeyInfo& key, const SyncBody& body,
                             const Identity& identity) {
  IngestAnswer answer;
  answer.cursor = api.fold.cursor();
  if (body.envelope.events.empty()) return answer;
  if (is_behind(api)) {
    return failure(ErrorCode::rate_limited, "too much waits to be folded; try again later");
  }
  std::vector<std::size_t> indexes[2];  // claimed, proved
  for (std::size_t i = 0; i < body.envelope.events.size(); ++i) {
    const bool proved = key.kind == KeyKind::secret ||
                        (!identity.user_id.empty() &&
                         is_proved(body.envelope.events[i], body.envelope.shared, identity.user_id));
    indexes[proved ? 1 : 0].push_back(i);
  }
  for (const Trust trust : {Trust::claimed, Trust::proved}) {
    const std::vector<std::size_t>& chosen = indexes[trust == Trust::proved ? 1 : 0];
    if (chosen.empty()) continue;
    auto envelope = open_envelope(batch_of(body.envelope, chosen), std::nullopt);
    if (!envelope) return tl::make_unexpected(envelope.error());
    auto part =
        api.ingest.accept(*envelope, Sender{key.source, trust, request.client_address, request.user_agent});
    if (!part) return part;
    merge(answer, *std::move(part), chosen);
  }
  const auto by_index = [](const Rejection& a, const Rejection& b) { return a.index < b.index; };
  std::sort(answer.rejected.begin(), answer.rejected.end(), by_index);
  std::sort(answer.warnings.begin(), answer.warnings.end(), by_index);
  api.counters.count(answer);
  return answer;
}

// What the token's user may know; `state` is null where the batch is not folded in time.
Result<std::string> state_members(Api& api, const SyncBody& body, const std::string& user_id, Cursor cursor) {
  if (!api.fold.wait_for(cursor, kSyncWait)) return std::string(",\"state\":null,\"behind\":true");
  auto session = api.profiles.snapshot();
  if (!session) return tl::make_unexpected(session.error());
  auto engine = api.device_engines.lease(**session);
  if (!engine) return tl::make_unexpected(engine.error());
  auto members = sync_state(**session, **engine, {user_id, body.anonymous_id, body.journey, body.seq});
  if (!members) return members;
  return ',' + *members;
}

Result<std::string> sync(Api& api, const HttpRequest& request) {
  const auto body = read_body(api, request);
  if (!body) return tl::make_unexpected(body.error());
  const auto key = admit_sender(api, request, body->envelope.write_key);
  if (!key) return tl::make_unexpected(key.error());
  const Identity identity = identify(api, body->token);
  const auto taken = take_in(api, request, *key, *body, identity);
  if (!taken) return tl::make_unexpected(taken.error());
  std::string json = '{' + ingest_members(*taken);
  if (!identity.mistake.empty()) {
    json += ",\"identity\":{\"proved\":false,\"message\":";
    append_json_string(json, identity.mistake);
    json += '}';
  }
  if (!identity.user_id.empty()) {
    auto state = state_members(api, *body, identity.user_id, taken->cursor);
    if (!state) return state;
    json += ",\"identity\":{\"proved\":true}" + *state;
  }
  return json + '}';
}

}  // namespace

HttpAnswer answer_sync(Api& api, const HttpRequest& request) {
  auto answer = sync(api, request);
  if (!answer) return error_answer(answer.error());
  return json_answer(std::move(*answer));
}

}  // namespace desirepath::collector
