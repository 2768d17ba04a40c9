#include "collector/profile/find_event.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace desirepath::collector {

Result<std::optional<FoundEvent>> find_event(ProfileSession& session, NodeId profile,
                                             std::string_view message_id, std::int64_t not_after_ms) {
  auto strands = strands_of_profile(session, profile);
  if (!strands) return tl::unexpected(strands.error());
  std::vector<std::pair<ChunkHead, const StrandRecord*>> places;
  for (const StrandRecord& strand : *strands) {
    auto chunks = session.strands().chunks(strand.id);
    if (!chunks) return tl::unexpected(chunks.error());
    for (const ChunkHead& chunk : *chunks) {
      if (chunk.first_ms <= not_after_ms) places.emplace_back(chunk, &strand);
    }
  }
  std::sort(places.begin(), places.end(),
            [](const auto& a, const auto& b) { return a.first.last_ms > b.first.last_ms; });
  const std::uint64_t hash = message_hash(message_id);
  for (const auto& [chunk, strand] : places) {
    auto hashes = session.strands().hashes(chunk.id);
    if (!hashes) return tl::unexpected(hashes.error());
    if (!has_hash(*hashes, hash)) continue;
    auto events = session.strands().read(chunk.id, false);
    if (!events) return tl::unexpected(events.error());
    for (StoredEvent& event : *events) {
      if (event.message_id == message_id && event.timestamp_ms <= not_after_ms) {
        return std::optional(FoundEvent{*strand, std::move(event)});
      }
    }
  }
  return std::optional<FoundEvent>{};
}

}  // namespace desirepath::collector
