#include "collector/fold/strand_fold.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "collector/fold/limits.hpp"
#include "collector/profile/limits.hpp"
#include "sdk/engine/bytes.hpp"

namespace desirepath::collector {
namespace {

bool earlier(const StoredEvent& a, const StoredEvent& b) {
  return a.timestamp_ms != b.timestamp_ms ? a.timestamp_ms < b.timestamp_ms : a.message_id < b.message_id;
}

// How many of the ordered events go on with a chunk that ends at `last_ms` and holds `count` events of
// `bytes`.
std::size_t fitting_events(std::span<const StoredEvent> events, std::int64_t last_ms, std::size_t count,
                           std::size_t bytes) {
  std::size_t fitting = 0;
  while (fitting < events.size() && count < kChunkEventsMax && bytes < kChunkBytesMax &&
         events[fitting].timestamp_ms - last_ms <= kChunkGapMs) {
    last_ms = events[fitting].timestamp_ms;
    bytes += events[fitting].tree.size();
    ++count;
    ++fitting;
  }
  return fitting;
}

// Whether what is kept gives way to a copy.
bool gives_way(Trust kept, Trust copy) {
  return kept == Trust::claimed && copy == Trust::proved;
}

}  // namespace

Result<StrandFold::Stream*> StrandFold::stream(NodeId id) {
  if (const auto known = streams_.find(id); known != streams_.end()) return &known->second;
  auto records = rows_.of_stream(id);
  if (!records) return tl::unexpected(records.error());
  Stream loaded;
  for (const StrandRecord& record : *records) {
    auto strand = std::make_unique<Strand>();
    strand->record = record;
    auto chunks = rows_.chunks(record.id);
    if (!chunks) return tl::unexpected(chunks.error());
    for (const ChunkHead& chunk : *chunks) {
      auto hashes = rows_.hashes(chunk.id);
      if (!hashes) return tl::unexpected(hashes.error());
      for (std::size_t at = 0; at + 8 <= hashes->size(); at += 8) {
        loaded.hashes.insert(load<std::uint64_t>(hashes->data() + at));
      }
      strand->next_number = std::max(strand->next_number, chunk.id % kChunksPerStrandMax + 1);
      if (strand->last.id == 0 || chunk.last_ms >= strand->last.last_ms) strand->last = chunk;
    }
    loaded.strands.push_back(std::move(strand));
  }
  hashes_ += loaded.hashes.size();
  return &streams_.emplace(id, std::move(loaded)).first->second;
}

Result<StrandFold::Strand*> StrandFold::strand(Stream& stream, NodeId stream_id, NodeId owner, Trust trust) {
  for (const auto& strand : stream.strands) {
    if (strand->record.owner == owner && strand->record.trust == trust) return strand.get();
  }
  auto made = std::make_unique<Strand>();
  made->record = {0, stream_id, owner, trust};
  auto id = rows_.insert(made->record);
  if (!id) return tl::unexpected(id.error());
  made->record.id = *id;
  stream.strands.push_back(std::move(made));
  return stream.strands.back().get();
}

Result<StrandFold::Kept> StrandFold::find_kept(Stream& stream, const StoredEvent& event) {
  const auto index_in = [&](const std::vector<StoredEvent>& events) {
    const auto found = std::find_if(events.begin(), events.end(), [&](const StoredEvent& kept) {
      return kept.message_id == event.message_id;
    });
    return static_cast<std::size_t>(found - events.begin());
  };
  const std::uint64_t hash = message_hash(event.message_id);
  for (const auto& strand : stream.strands) {
    if (const std::size_t index = index_in(strand->pending); index < strand->pending.size()) {
      return Kept{strand.get(), 0, {}, index};
    }
    auto chunks = rows_.chunks(strand->record.id);
    if (!chunks) return tl::unexpected(chunks.error());
    for (const ChunkHead& chunk : *chunks) {
      auto hashes = rows_.hashes(chunk.id);
      if (!hashes) return tl::unexpected(hashes.error());
      if (!has_hash(*hashes, hash)) continue;
      auto events = rows_.read(chunk.id, gives_way(strand->record.trust, event.trust));
      if (!events) return tl::unexpected(events.error());
      const std::size_t index = index_in(*events);
      if (index < events->size()) return Kept{strand.get(), chunk.id, *std::move(events), index};
    }
  }
  return Kept{};
}

// Takes an event out of where it lies.
Result<void> StrandFold::displace(Kept kept) {
  Strand& strand = *kept.strand;
  const auto index = static_cast<std::ptrdiff_t>(kept.index);
  if (kept.chunk == 0) {
    strand.pending.erase(strand.pending.begin() + index);
    return {};
  }
  kept.events.erase(kept.events.begin() + index);
  Result<void> done = kept.events.empty() ? rows_.remove(kept.chunk)
                                          : rows_.write(kept.chunk, ChunkCodec().encode(kept.events));
  if (!done) return done;
  displaced_.push_back(strand.record);
  auto chunks = rows_.chunks(strand.record.id);
  if (!chunks) return tl::unexpected(chunks.error());
  strand.last = {};
  for (const ChunkHead& chunk : *chunks) {
    if (strand.last.id == 0 || chunk.last_ms >= strand.last.last_ms) strand.last = chunk;
  }
  return {};
}

Result<StrandFold::Added> StrandFold::add(NodeId stream_id, NodeId owner, StoredEvent event) {
  auto into = stream(stream_id);
  if (!into) return tl::unexpected(into.error());
  const std::uint64_t hash = message_hash(event.message_id);
  Added added{true, false, false};
  if ((*into)->hashes.contains(hash)) {
    auto kept = find_kept(**into, event);
    // Its hash is there and what it was cannot be read: the copy kept is not to be replaced by chance.
    if (!kept && is_damaged_profile(kept.error())) return Added{false, true, false};
    if (!kept) return tl::unexpected(kept.error());
    if (kept->strand != nullptr) {
      added.is_copy = true;
      added.is_kept = gives_way(kept->strand->record.trust, event.trust);
      added.is_differing = !same_event(kept->event().value(), event.value());
      if (added.is_differing) {
        auto done = rows_.remember_differing(stream_id, added.is_kept ? kept->event() : event);
        if (!done) return tl::unexpected(done.error());
      }
      if (!added.is_kept) return added;
      if (auto done = displace(*std::move(kept)); !done) return tl::unexpected(done.error());
    }
  }
  auto strand_found = strand(**into, stream_id, owner, event.trust);
  if (!strand_found) return tl::unexpected(strand_found.error());
  if (!added.is_copy) {
    (*into)->hashes.insert(hash);
    ++hashes_;
  }
  Strand& strand = **strand_found;
  if (strand.pending.empty()) touched_.push_back(&strand);
  strand.pending.push_back(std::move(event));
  return added;
}

Result<void> StrandFold::flush() {
  // In the order of the store, so that neighbours share its pages.
  std::sort(touched_.begin(), touched_.end(),
            [](const Strand* a, const Strand* b) { return a->record.id < b->record.id; });
  std::vector<Strand*> crowded;
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  std::erase_if(touched_, [](const Strand* strand) { return strand->pending.empty(); });
  for (Strand* strand : touched_) {
    std::sort(strand->pending.begin(), strand->pending.end(), earlier);
    const bool is_late = strand->last.id != 0 && strand->pending.front().timestamp_ms < strand->last.last_ms;
    if (auto done = plan(*strand, strand->pending); !done) return done;
    if (is_late && ++strand->late_chunks > kLateChunksMax) crowded.push_back(strand);
  }
  if (auto done = write(); !done) return done;
  for (Strand* strand : crowded) {
    if (auto done = compact(*strand); !done) return done;
  }
  return {};
}

Result<void> StrandFold::plan(Strand& strand, std::span<const StoredEvent> events) {
  ChunkHead& last = strand.last;
  if (last.id != 0 && events.front().timestamp_ms >= last.last_ms) {
    const std::size_t fitting = fitting_events(events, last.last_ms, last.count, last.bytes);
    if (fitting > 0) {
      pieces_.push_back({&strand, last.id, true, events.first(fitting)});
      last.last_ms = events[fitting - 1].timestamp_ms;
      last.count += static_cast<std::uint32_t>(fitting);
      events = events.subspan(fitting);
    }
  }
  return plan_chunks(strand, events);
}

// Ordered events as new chunks, split at silences and at the limits.
Result<void> StrandFold::plan_chunks(Strand& strand, std::span<const StoredEvent> events) {
  while (!events.empty()) {
    const std::size_t fitting = fitting_events(events, events.front().timestamp_ms, 0, 0);
    const ChunkId id = strand.record.id * kChunksPerStrandMax + strand.next_number++;
    if (id / kChunksPerStrandMax != strand.record.id) {
      return failure(ErrorCode::storage, "profile store: a strand has no room for another chunk");
    }
    pieces_.push_back({&strand, id, false, events.first(fitting)});
    const std::int64_t last_ms = events[fitting - 1].timestamp_ms;
    if (strand.last.id == 0 || last_ms >= strand.last.last_ms) {
      strand.last = {id, events.front().timestamp_ms, last_ms, static_cast<std::uint32_t>(fitting), 0, 0};
    }
    events = events.subspan(fitting);
  }
  return {};
}

Result<void> StrandFold::write() {
  std::vector<ChunkEncoder::Segment> segments;
  segments.reserve(pieces_.size());
  for (const Piece& piece : pieces_) segments.push_back(piece.events);
  encoder_.begin(std::move(segments));
  Result<void> done;
  for (const Piece& piece : pieces_) {
    if (done = write(piece, encoder_.next()); !done) break;
  }
  encoder_.end();
  pieces_.clear();
  return done;
}

Result<void> StrandFold::write(const Piece& piece, const EncodedChunk& encoded) {
  ChunkHead& last = piece.strand->last;
  if (last.id == piece.chunk) {
    last.bytes += static_cast<std::uint32_t>(encoded.events.size());
    last.position = std::max(last.position, encoded.position);
  }
  return piece.is_appended ? rows_.append(piece.chunk, encoded) : rows_.write(piece.chunk, encoded);
}

Result<void> StrandFold::compact(Strand& strand) {
  strand.late_chunks = 0;
  auto chunks = rows_.chunks(strand.record.id);
  if (!chunks) return tl::unexpected(chunks.error());
  std::size_t count = 0;
  for (const ChunkHead& chunk : *chunks) count += chunk.count;
  if (count > kCompactEventsMax) return {};
  std::vector<StoredEvent> events;
  for (const ChunkHead& chunk : *chunks) {
    auto read = rows_.read(chunk.id, true);
    if (!read && is_damaged_profile(read.error())) return {};  // its chunks stay apart, as they are
    if (!read) return tl::unexpected(read.error());
    std::move(read->begin(), read->end(), std::back_inserter(events));
  }
  for (const ChunkHead& chunk : *chunks) {
    if (auto done = rows_.remove(chunk.id); !done) return done;
  }
  std::sort(events.begin(), events.end(), earlier);
  strand.last = {};
  strand.next_number = 0;
  if (auto done = plan_chunks(strand, events); !done) return done;
  return write();
}

std::vector<StrandNews> StrandFold::news() const {
  std::vector<StrandNews> news;
  news.reserve(touched_.size());
  for (const Strand* strand : touched_) news.push_back({strand->record, &strand->pending});
  return news;
}

std::vector<std::vector<StoredEvent>> StrandFold::let_go() {
  std::vector<std::vector<StoredEvent>> events;
  for (Strand* strand : touched_) events.push_back(std::exchange(strand->pending, {}));
  touched_.clear();
  return events;
}

void StrandFold::forget_stream(NodeId id) {
  const auto known = streams_.find(id);
  if (known == streams_.end()) return;
  hashes_ -= std::min(hashes_, known->second.hashes.size());
  streams_.erase(known);
}

void StrandFold::forget() {
  touched_.clear();
  pieces_.clear();
  displaced_.clear();
  streams_.clear();
  hashes_ = 0;
}

void StrandFold::forget_when_full() {
  if (streams_.size() > kCachedStreamsMax || hashes_ > kCachedHashesMax) forget();
}

}  // namespace desirepath::collector
