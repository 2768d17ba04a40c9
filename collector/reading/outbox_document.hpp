// What the outbox holds, as JSON. Any thread; each call reads one snapshot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "collector/error.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// Rows in one answer.
inline constexpr std::size_t kOutboxAnswerDefault = 100;
inline constexpr std::size_t kOutboxAnswerMax = 1'000;

// {"outbox":[{"id","decisionId","profile","trigger","channel","destination","purpose","promise","treatment",
// "content","timestamp","state","reason","notBefore","attempts","changed"}],"next"}: `limit` rows after row
// `after`, in the order of writing; those in `state` alone, where it says one. What does not apply is left
// out. `next` is the last row's id, null at the end.
Result<std::string> outbox_json(ProfileStore& store, std::int64_t after, std::optional<OutboxState> state,
                                std::size_t limit);

// One of its rows.
Result<std::string> outbox_row_json(ProfileSession& session, const OutboxRow& row);

// The row of a profile's decision; none where it was never to be sent.
Result<std::optional<OutboxRow>> outbox_row_of(ProfileSession& session, NodeId profile,
                                               std::string_view decision_id);

// "waiting", "held", …
std::optional<OutboxState> parse_outbox_state(std::string_view word);

}  // namespace desirepath::collector
