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

// Where the event of that messageId is; their number where it is not there.
std::size_t index_in(const std::vector<StoredEvent>& events, std::string_view message_id) {
  const auto found = std::find_if(events.begin(), events.end(),
                                  [&](const StoredEvent& kept) { return kept.message_id == message_id; });
  return static_cast<std::size_t>(found - events.begin());
}

void append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

// Segments that come after those of `chunk`.
void append(EncodedChunk& chunk, const EncodedChunk& more) {
  chunk.last_ms = std::max(chunk.last_ms, more.last_ms);
  chunk.count += more.count;
  chunk.position = std::max(chunk.position, more.position);
  append(chunk.hashes, more.hashes);
  append(chunk.events, more.events);
  append(chunk.json, more.json);
}

std::size_t bytes_of(const EncodedChunk& chunk) {
  return sizeof chunk + chunk.hashes.size() + chunk.events.size() + chunk.json.size();
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
  const std::uint64_t hash = message_hash(event.message_id);
  for (const auto& strand : stream.strands) {
    if (const std::size_t index = index_in(strand->pending, event.message_id);
        index < strand->pending.size()) {
      return Kept{strand.get(), 0, {}, index};
    }
    // What gives way is taken out of the store.
    if (gives_way(strand->record.trust, event.trust)) {
      if (auto done = write_out(*strand); !done) return tl::unexpected(done.error());
    }
    auto unwritten = find_unwritten(*strand, event, hash);
    if (!unwritten || unwritten->strand != nullptr) return unwritten;
    auto chunks = rows_.chunks(strand->record.id);
    if (!chunks) return tl::unexpected(chunks.error());
    for (const ChunkHead& chunk : *chunks) {
      auto hashes = rows_.hashes(chunk.id);
      if (!hashes) return tl::unexpected(hashes.error());
      if (!has_hash(*hashes, hash)) continue;
      auto events = rows_.read(chunk.id, gives_way(strand->record.trust, event.trust));
      if (!events) return tl::unexpected(events.error());
      const std::size_t index = index_in(*events, event.message_id);
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
  Result<void> done =
      kept.events.empty() ? rows_.remove(kept.chunk) : rows_.write(kept.chunk, codec_.encode(kept.events));
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

Result<StrandFold::Kept> StrandFold::find_unwritten(Strand& strand, const StoredEvent& event,
                                                    std::uint64_t hash) {
  for (const Unwritten& chunk : strand.unwritten) {
    if (!has_hash(chunk.encoded.hashes, hash)) continue;
    auto events = ChunkCodec::decode(chunk.encoded.events);
    if (!events) return tl::unexpected(events.error());
    const std::size_t index = index_in(*events, event.message_id);
    if (index < events->size()) return Kept{&strand, chunk.chunk, *std::move(events), index};
  }
  return Kept{};
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
  // In the order of the store: as it is written.
  std::sort(touched_.begin(), touched_.end(),
            [](const Strand* a, const Strand* b) { return a->record.id < b->record.id; });
  std::vector<Strand*> crowded;
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  std::erase_if(touched_, [](const Strand* strand) { return strand->pending.empty(); });
  for (Strand* strand : touched_) {
    std::sort(strand->pending.begin(), strand->pending.end(), earlier);
    const bool is_late = strand->last.id != 0 && strand->pending.front().timestamp_ms < strand->last.last_ms;
    strand->first_piece = pieces_.size();
    if (auto done = plan(*strand, strand->pending, pieces_); !done) return done;
    strand->piece_count = pieces_.size() - strand->first_piece;
    unwritten_.emplace(strand->record.id, strand);
    if (is_late && ++strand->late_chunks > kLateChunksMax) crowded.push_back(strand);
  }
  std::vector<ChunkEncoder::Segment> segments;
  segments.reserve(pieces_.size());
  for (const Piece& piece : pieces_) segments.push_back(piece.events);
  encoder_.begin(segments);
  for (Strand* strand : crowded) {
    if (auto done = compact(*strand); !done) return done;
  }
  return {};
}

Result<void> StrandFold::plan(Strand& strand, std::span<const StoredEvent> events,
                              std::vector<Piece>& pieces) {
  ChunkHead& last = strand.last;
  if (last.id != 0 && events.front().timestamp_ms >= last.last_ms) {
    const std::size_t fitting = fitting_events(events, last.last_ms, last.count, last.bytes);
    if (fitting > 0) {
      pieces.push_back({last.id, true, events.first(fitting)});
      last.last_ms = events[fitting - 1].timestamp_ms;
      last.count += static_cast<std::uint32_t>(fitting);
      events = events.subspan(fitting);
    }
  }
  return plan_chunks(strand, events, pieces);
}

// Ordered events as new chunks, split at silences and at the limits.
Result<void> StrandFold::plan_chunks(Strand& strand, std::span<const StoredEvent> events,
                                     std::vector<Piece>& pieces) {
  while (!events.empty()) {
    const std::size_t fitting = fitting_events(events, events.front().timestamp_ms, 0, 0);
    const ChunkId id = strand.record.id * kChunksPerStrandMax + strand.next_number++;
    if (id / kChunksPerStrandMax != strand.record.id) {
      return failure(ErrorCode::storage, "profile store: a strand has no room for another chunk");
    }
    pieces.push_back({id, false, events.first(fitting)});
    const std::int64_t last_ms = events[fitting - 1].timestamp_ms;
    if (strand.last.id == 0 || last_ms >= strand.last.last_ms) {
      strand.last = {id, events.front().timestamp_ms, last_ms, static_cast<std::uint32_t>(fitting), 0, 0};
    }
    events = events.subspan(fitting);
  }
  return {};
}

void StrandFold::collect(Strand& strand) {
  for (; strand.piece_count > 0; --strand.piece_count, ++strand.first_piece) {
    const Piece& piece = pieces_[strand.first_piece];
    EncodedChunk encoded = encoder_.take(strand.first_piece);
    if (strand.last.id == piece.chunk) {
      strand.last.bytes += static_cast<std::uint32_t>(encoded.events.size());
      strand.last.position = std::max(strand.last.position, encoded.position);
    }
    unwritten_bytes_ += bytes_of(encoded);
    if (!strand.unwritten.empty() && strand.unwritten.back().chunk == piece.chunk) {
      append(strand.unwritten.back().encoded, encoded);
    } else {
      strand.unwritten.push_back({piece.chunk, piece.is_appended, std::move(encoded)});
    }
  }
}

Result<void> StrandFold::write_out(Strand& strand) {
  collect(strand);
  for (const Unwritten& chunk : strand.unwritten) {
    unwritten_bytes_ -= std::min(unwritten_bytes_, bytes_of(chunk.encoded));
    auto done = chunk.is_appended ? rows_.append(chunk.chunk, chunk.encoded)
                                  : rows_.write(chunk.chunk, chunk.encoded);
    if (!done) return done;
  }
  strand.unwritten.clear();
  unwritten_.erase(strand.record.id);
  return {};
}

Result<void> StrandFold::write_out(StrandId id) {
  const auto found = unwritten_.find(id);
  return found == unwritten_.end() ? Result<void>{} : write_out(*found->second);
}

Result<void> StrandFold::write_back() {
  std::vector<Strand*> strands;
  strands.reserve(unwritten_.size());
  for (const auto& [id, strand] : unwritten_) strands.push_back(strand);
  // Neighbours share pages of the store.
  std::sort(strands.begin(), strands.end(),
            [](const Strand* a, const Strand* b) { return a->record.id < b->record.id; });
  for (Strand* strand : strands) {
    if (auto done = write_out(*strand); !done) return done;
  }
  unwritten_bytes_ = 0;
  return {};
}

Result<void> StrandFold::compact(Strand& strand) {
  strand.late_chunks = 0;
  if (auto done = write_out(strand); !done) return done;
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
  std::vector<Piece> pieces;
  if (auto done = plan_chunks(strand, events, pieces); !done) return done;
  for (const Piece& piece : pieces) {
    const EncodedChunk encoded = codec_.encode(piece.events);
    if (piece.chunk == strand.last.id) {
      strand.last.bytes = static_cast<std::uint32_t>(encoded.events.size());
      strand.last.position = encoded.position;
    }
    if (auto done = rows_.write(piece.chunk, encoded); !done) return done;
  }
  return {};
}

std::vector<StrandNews> StrandFold::news() const {
  std::vector<StrandNews> news;
  news.reserve(touched_.size());
  for (const Strand* strand : touched_) news.push_back({strand->record, &strand->pending});
  return news;
}

std::vector<std::vector<StoredEvent>> StrandFold::let_go() {
  std::vector<std::vector<StoredEvent>> events;
  events.reserve(touched_.size());
  for (Strand* strand : touched_) {
    collect(*strand);
    events.push_back(std::exchange(strand->pending, {}));
  }
  touched_.clear();
  encoder_.end();
  pieces_.clear();
  return events;
}

void StrandFold::forget_stream(NodeId id) {
  const auto known = streams_.find(id);
  if (known == streams_.end()) return;
  for (const auto& strand : known->second.strands) unwritten_.erase(strand->record.id);
  hashes_ -= std::min(hashes_, known->second.hashes.size());
  streams_.erase(known);
}

void StrandFold::forget() {
  encoder_.end();
  touched_.clear();
  pieces_.clear();
  displaced_.clear();
  unwritten_.clear();
  unwritten_bytes_ = 0;
  streams_.clear();
  hashes_ = 0;
}

void StrandFold::forget_when_full() {
  if (streams_.size() <= streams_max_ && hashes_ <= kCachedHashesMax) return;
  hashes_ = 0;
  std::erase_if(streams_, [&](const auto& entry) {
    const Stream& stream = entry.second;
    const bool is_written = std::all_of(stream.strands.begin(), stream.strands.end(),
                                        [](const auto& strand) { return strand->is_written(); });
    if (!is_written) hashes_ += stream.hashes.size();
    return is_written;
  });
}

}  // namespace desirepath::collector
