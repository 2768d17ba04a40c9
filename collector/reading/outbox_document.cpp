#include "collector/reading/outbox_document.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"

namespace desirepath::collector {
namespace {

// The profile a row's person is now; none where nothing of them is left.
Result<std::optional<NodeId>> profile_of(ProfileSession& session, const OutboxPerson& person) {
  auto stream = session.identities().find_public(person.stream);
  if (!stream) return tl::unexpected(stream.error());
  auto owner = session.identities().find_public(person.owner);
  if (!owner) return tl::unexpected(owner.error());
  if (!*stream || !*owner) return std::optional<NodeId>{};
  auto profile = profile_of_strand(session, {0, **stream, **owner, person.trust});
  if (!profile) return tl::unexpected(profile.error());
  return std::optional(*profile);
}

}  // namespace

Result<std::string> outbox_row_json(ProfileSession& session, const OutboxRow& row) {
  std::string json = "{\"id\":" + std::to_string(row.id);
  const auto add = [&](const char* key, std::string_view value) {
    if (value.empty()) return;
    json += key;
    append_json_string(json, value);
  };
  add(",\"decisionId\":", row.decision_id);
  auto profile = profile_of(session, row.person);
  if (!profile) return tl::unexpected(profile.error());
  if (*profile) {
    auto strongest = session.identities().node(**profile);
    if (!strongest) return tl::unexpected(strongest.error());
    add(",\"profile\":", public_id(strongest->node.identifier));
  }
  add(",\"trigger\":", row.trigger);
  add(",\"channel\":", row.channel);
  add(",\"destination\":", row.destination);
  add(",\"purpose\":", row.purpose);
  add(",\"promise\":", row.promise);
  add(",\"treatment\":", row.treatment);
  json += ",\"content\":" + row.content;
  add(",\"timestamp\":", format_timestamp(row.decided_ms));
  add(",\"state\":", to_string(row.state));
  add(",\"reason\":", row.reason);
  add(",\"notBefore\":", format_timestamp(row.not_before_ms));
  json += ",\"attempts\":" + std::to_string(row.attempts);
  add(",\"changed\":", format_timestamp(row.settled_ms));
  return json + '}';
}

Result<std::string> outbox_json(ProfileStore& store, std::int64_t after, std::optional<OutboxState> state,
                                std::size_t limit) {
  auto snapshot = store.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  auto rows = (*snapshot)->outbox().list(after, state, limit);
  if (!rows) return tl::unexpected(rows.error());
  std::string json = "{\"outbox\":[";
  for (const OutboxRow& row : *rows) {
    auto text = outbox_row_json(**snapshot, row);
    if (!text) return text;
    if (json.back() != '[') json += ',';
    json += *text;
  }
  const bool is_end = rows->size() < limit || rows->empty();
  return json + "],\"next\":" + (is_end ? "null" : std::to_string(rows->back().id)) + '}';
}

Result<std::optional<OutboxRow>> outbox_row_of(ProfileSession& session, NodeId profile,
                                               std::string_view decision_id) {
  auto rows = session.outbox().of_decision(decision_id);
  if (!rows) return tl::unexpected(rows.error());
  for (OutboxRow& row : *rows) {
    auto found = profile_of(session, row.person);
    if (!found) return tl::unexpected(found.error());
    if (*found == profile) return std::optional(std::move(row));
  }
  return std::optional<OutboxRow>{};
}

std::optional<OutboxState> parse_outbox_state(std::string_view word) {
  for (const OutboxState state : {OutboxState::waiting, OutboxState::held, OutboxState::withdrawn,
                                  OutboxState::delivered, OutboxState::released, OutboxState::unknown}) {
    if (word == to_string(state)) return state;
  }
  return std::nullopt;
}

}  // namespace desirepath::collector
