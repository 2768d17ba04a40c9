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

Result<const StoredEvent*> StrandFold::find_kept(Stream& stream, const StoredEvent& event) {
  const std::uint64_t hash = message_hash(event.message_id);
  for (const auto& strand : stream.strands) {
    for (const StoredEvent& pending : strand->pending) {
      if (pending.message_id == event.message_id) return &pending;
    }
    auto chunks = rows_.chunks(strand->record.id);
    if (!chunks) return tl::unexpected(chunks.error());
    for (const ChunkHead& chunk : *chunks) {
      auto hashes = rows_.hashes(chunk.id);
      if (!hashes) return tl::unexpected(hashes.error());
      if (!has_hash(*hashes, hash)) continue;
      auto events = rows_.read(chunk.id, false);
      if (!events) return tl::unexpected(events.error());
      for (StoredEvent& kept : *events) {
        if (kept.message_id != event.message_id) continue;
        found_.assign(1, std::move(kept));
        return &found_.front();
      }
    }
  }
  return nullptr;
}

Result<StrandFold::Added> StrandFold::add(NodeId stream_id, NodeId owner, StoredEvent event) {
  auto into = stream(stream_id);
  if (!into) return tl::unexpected(into.error());
  const std::uint64_t hash = message_hash(event.message_id);
  if ((*into)->hashes.contains(hash)) {
    auto kept = find_kept(**into, event);
    // Its hash is there and what it was cannot be read: the copy kept is not to be replaced by chance.
    if (!kept && is_damaged_profile(kept.error())) return Added::duplicate;
    if (!kept) return tl::unexpected(kept.error());
    if (*kept != nullptr) {
      if (same_event((*kept)->value(), event.value())) return Added::duplicate;
      if (auto done = rows_.remember_differing(stream_id, event); !done) return tl::unexpected(done.error());
      return Added::differing;
    }
  }
  auto strand_found = strand(**into, stream_id, owner, event.trust);
  if (!strand_found) return tl::unexpected(strand_found.error());
  (*into)->hashes.insert(hash);
  ++hashes_;
  Strand& strand = **strand_found;
  if (strand.pending.empty()) touched_.push_back(&strand);
  strand.pending.push_back(std::move(event));
  return Added::kept;
}

Result<void> StrandFold::flush() {
  // In the order of the store, so that neighbours share its pages.
  std::sort(touched_.begin(), touched_.end(),
            [](const Strand* a, const Strand* b) { return a->record.id < b->record.id; });
  for (Strand* strand : touched_) {
    std::sort(strand->pending.begin(), strand->pending.end(), earlier);
    if (auto done = write(*strand); !done) return done;
  }
  return {};
}

Result<void> StrandFold::write(Strand& strand) {
  std::span<const StoredEvent> events(strand.pending);
  const ChunkHead& last = strand.last;
  const bool is_late = last.id != 0 && events.front().timestamp_ms < last.last_ms;
  if (last.id != 0 && !is_late) {
    const std::size_t fitting = fitting_events(events, last.last_ms, last.count, last.bytes);
    if (fitting > 0) {
      const EncodedChunk segment = codec_.encode(events.first(fitting));
      if (auto done = rows_.append(last.id, segment); !done) return done;
      strand.last.last_ms = segment.last_ms;
      strand.last.count += segment.count;
      strand.last.bytes += static_cast<std::uint32_t>(segment.events.size());
      events = events.subspan(fitting);
    }
  }
  if (events.empty()) return {};
  if (auto done = write_chunks(strand, events); !done) return done;
  if (is_late && ++strand.late_chunks > kLateChunksMax) return compact(strand);
  return {};
}

// Ordered events as new chunks, split at silences and at the limits.
Result<void> StrandFold::write_chunks(Strand& strand, std::span<const StoredEvent> events) {
  while (!events.empty()) {
    const std::size_t fitting = fitting_events(events, events.front().timestamp_ms, 0, 0);
    const EncodedChunk chunk = codec_.encode(events.first(fitting));
    const ChunkId id = strand.record.id * kChunksPerStrandMax + strand.next_number++;
    if (id / kChunksPerStrandMax != strand.record.id) {
      return failure(ErrorCode::storage, "profile store: a strand has no room for another chunk");
    }
    if (auto done = rows_.write(id, chunk); !done) return done;
    if (strand.last.id == 0 || chunk.last_ms >= strand.last.last_ms) {
      strand.last = {id,
                     chunk.first_ms,
                     chunk.last_ms,
                     chunk.count,
                     static_cast<std::uint32_t>(chunk.events.size()),
                     chunk.position};
    }
    events = events.subspan(fitting);
  }
  return {};
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
  return write_chunks(strand, events);
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

void StrandFold::forget() {
  touched_.clear();
  streams_.clear();
  hashes_ = 0;
}

void StrandFold::forget_when_full() {
  if (streams_.size() > kCachedStreamsMax || hashes_ > kCachedHashesMax) forget();
}

}  // namespace desirepath::collector
