#include "collector/fold/retention_sweep.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "collector/profile/consent_book.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {

Result<RetentionSweep::Outcome> RetentionSweep::forget_events(const std::vector<StrandRecord>& strands,
                                                              bool is_named, std::int64_t horizon_ms) {
  chunks_.clear();
  expired_.clear();
  chunk_of_.clear();
  let_go_ = 0;
  is_live_ = false;
  std::map<std::pair<NodeId, NodeId>, std::size_t> senders;
  for (const StrandRecord& strand : strands) {
    const auto sender = senders.try_emplace({strand.stream, strand.owner}, senders.size()).first->second;
    if (auto done = read(strand, sender, horizon_ms); !done) return tl::unexpected(done.error());
  }
  if (auto done = keep_remembered(); !done) return tl::unexpected(done.error());
  const bool said_no = std::any_of(expired_.begin(), expired_.end(), [](const ExpiredEvent& expired) {
    return expired.is_remembered && is_withdrawal(expired.event);
  });
  if (!is_live_ && !(is_named && said_no)) return Outcome{let_go_, true};
  if (auto done = write(); !done) return tl::unexpected(done.error());
  return Outcome{let_go_, false};
}

Result<void> RetentionSweep::read(const StrandRecord& strand, std::size_t sender, std::int64_t horizon_ms) {
  auto heads = rows_.chunks(strand.id);
  if (!heads) return tl::unexpected(heads.error());
  for (const ChunkHead& head : *heads) {
    if (head.first_ms >= horizon_ms) {
      is_live_ = true;
      continue;
    }
    auto events = rows_.read(head.id, true);
    if (!events && !is_damaged_profile(events.error())) return tl::unexpected(events.error());
    if (!events && head.last_ms >= horizon_ms) {
      is_live_ = true;  // cannot be read, and is not all old: a backup may mend it
      continue;
    }
    chunks_.push_back({head.id, {}, !events});
    let_go_ += events ? 0 : head.count;
    if (!events) continue;
    for (StoredEvent& event : *events) take(chunks_.size() - 1, sender, std::move(event), horizon_ms);
  }
  return {};
}

void RetentionSweep::take(std::size_t chunk, std::size_t sender, StoredEvent event, std::int64_t horizon_ms) {
  const bool is_remainder = is_consent_remainder(event.value());
  if (std::min(event.timestamp_ms, event.received_at_ms) >= horizon_ms) {
    is_live_ = is_live_ || !is_remainder;
    chunks_[chunk].left.push_back(std::move(event));
    return;
  }
  if (!is_remainder) {
    ++let_go_;
    chunks_[chunk].changes = true;
  }
  if (consent_words(event.value()).empty()) return;
  expired_.push_back({sender, std::move(event), false});
  chunk_of_.push_back(chunk);
}

// Puts what is remembered back into its place.
Result<void> RetentionSweep::keep_remembered() {
  std::vector<std::size_t> order(expired_.size());
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&](std::size_t i) {
    return std::tuple(expired_[i].event.timestamp_ms, std::string_view(expired_[i].event.message_id),
                      expired_[i].sender);
  };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  std::vector<ExpiredEvent> sorted;
  std::vector<std::size_t> chunk_of;
  for (const std::size_t at : order) {
    sorted.push_back(std::move(expired_[at]));
    chunk_of.push_back(chunk_of_[at]);
  }
  expired_ = std::move(sorted);
  choose_remembered(expired_);
  for (std::size_t i = 0; i < expired_.size(); ++i) {
    Chunk& chunk = chunks_[chunk_of[i]];
    if (!expired_[i].is_remembered) {
      chunk.changes = true;
      continue;
    }
    auto remainder = consent_remainder(expired_[i].event);
    if (!remainder) return tl::unexpected(remainder.error());
    chunk.left.push_back(*std::move(remainder));
  }
  return {};
}

Result<void> RetentionSweep::write() {
  for (Chunk& chunk : chunks_) {
    if (!chunk.changes) continue;
    if (chunk.left.empty()) {
      if (auto done = rows_.remove(chunk.id); !done) return done;
      continue;
    }
    std::sort(chunk.left.begin(), chunk.left.end(), [](const StoredEvent& a, const StoredEvent& b) {
      return std::tie(a.timestamp_ms, a.message_id) < std::tie(b.timestamp_ms, b.message_id);
    });
    if (auto done = rows_.write(chunk.id, codec_.encode(chunk.left)); !done) return done;
  }
  return {};
}

}  // namespace desirepath::collector
