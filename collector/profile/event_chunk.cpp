#include "collector/profile/event_chunk.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "collector/ingest/tagged_json.hpp"
#include "collector/profile/event_dictionary.hpp"
#include "collector/profile/limits.hpp"
#include "sdk/engine/bytes.hpp"

namespace desirepath::collector {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr int kLevel = -1;  // the fold's time is dearer than the disk's room
constexpr std::size_t kSegmentHead = 8;
constexpr std::size_t kCompressedMin = 48;       // bytes; what is shorter gains nothing by it
constexpr std::uint32_t kRendered = UINT32_MAX;  // in place of a JSON's bytes: the tree renders to it

// The dictionary as text, and line by line as tagged values: what the two kinds of segments look like.
struct Dictionary {
  ZSTD_CDict* compress;
  ZSTD_DDict* expand;

  Dictionary() {
    std::string content;
    std::string_view lines = kEventDictionary;
    while (!lines.empty()) {
      const std::size_t end = lines.find('\n');
      if (auto tree = tagged_from_json(lines.substr(0, end))) content.append(tree->begin(), tree->end());
      lines.remove_prefix(std::min(end, lines.size() - 1) + 1);
    }
    content += kEventDictionary;
    compress = ZSTD_createCDict(content.data(), content.size(), kLevel);
    expand = ZSTD_createDDict(content.data(), content.size());
  }
  ~Dictionary() {
    ZSTD_freeCDict(compress);
    ZSTD_freeDDict(expand);
  }
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
};

const Dictionary& dictionary() {
  static const Dictionary shared;
  return shared;
}

struct FreeExpander {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

tl::unexpected<Error> damaged() {
  return failure(ErrorCode::storage, "profile store: a chunk of events is damaged", kDamagedProfile);
}

std::uint64_t index_in(std::vector<std::string_view>& sources, std::string_view source) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (sources[i] == source) return i;
  }
  sources.push_back(source);
  return sources.size() - 1;
}

// Appends the events of the segment the reader stands on; false when it is damaged.
bool decode_segment(ByteReader& reader, std::size_t bytes, std::vector<StoredEvent>& events) {
  if (reader.unsigned_number() != kVersion) return false;
  const std::uint64_t count = reader.unsigned_number();
  const std::uint64_t source_count = reader.unsigned_number();
  if (!reader.ok() || count > bytes || source_count > bytes) return false;
  std::vector<std::string_view> sources;
  for (std::uint64_t i = 0; i < source_count; ++i) sources.push_back(reader.text());
  std::int64_t before_ms = 0;
  std::uint64_t before_position = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    StoredEvent event;
    event.timestamp_ms = before_ms + reader.signed_number();
    event.received_at_ms = event.timestamp_ms + reader.signed_number();
    event.position = before_position + static_cast<std::uint64_t>(reader.signed_number());
    const std::uint64_t source = reader.unsigned_number();
    event.message_id = reader.text();
    const auto tree = reader.blob();
    if (!reader.ok() || source / 2 >= sources.size() || tree.empty() || validated_size(tree) != tree.size())
      return false;
    event.source = sources[source / 2];
    event.trust = source % 2 == 1 ? Trust::proved : Trust::claimed;
    event.tree.assign(tree.begin(), tree.end());
    before_ms = event.timestamp_ms;
    before_position = event.position;
    events.push_back(std::move(event));
  }
  return true;
}

// A segment: u32 bytes stored, u32 bytes of content, then the content; compressed where the first is less.
// Appends what all segments hold; false when they are damaged.
bool append_plain(std::span<const std::uint8_t> segments, Bytes& plain) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeExpander> expander(ZSTD_createDCtx());
  std::size_t at = 0;
  while (at < segments.size()) {
    if (segments.size() - at < kSegmentHead) return false;
    const std::size_t stored = load<std::uint32_t>(segments.data() + at);
    const std::size_t size = load<std::uint32_t>(segments.data() + at + 4);
    at += kSegmentHead;
    if (stored > segments.size() - at || stored > size || plain.size() + size > kChunkPlainBytesMax)
      return false;
    const std::size_t begin = plain.size();
    plain.resize(begin + size);
    if (stored == size) {
      std::copy_n(segments.data() + at, size, plain.data() + begin);
    } else if (ZSTD_decompress_usingDDict(expander.get(), plain.data() + begin, size, segments.data() + at,
                                          stored, dictionary().expand) != size) {
      return false;
    }
    at += stored;
  }
  return true;
}

}  // namespace

struct ChunkCodec::Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  Bytes plain;
  Compressor() = default;
  ~Compressor() { ZSTD_freeCCtx(context); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  Bytes segment(std::span<const std::uint8_t> content) {
    const std::size_t bound = ZSTD_compressBound(content.size());
    scratch.resize(kSegmentHead + bound);
    std::size_t stored = content.size();
    if (stored >= kCompressedMin) {
      stored = ZSTD_compress_usingCDict(context, scratch.data() + kSegmentHead, bound, content.data(),
                                        content.size(), dictionary().compress);
    }
    if (ZSTD_isError(stored) != 0 || stored >= content.size()) {
      stored = content.size();
      std::copy(content.begin(), content.end(), scratch.begin() + kSegmentHead);
    }
    store(scratch.data(), static_cast<std::uint32_t>(stored));
    store(scratch.data() + 4, static_cast<std::uint32_t>(content.size()));
    return Bytes(scratch.begin(), scratch.begin() + static_cast<std::ptrdiff_t>(kSegmentHead + stored));
  }

 private:
  Bytes scratch;
};

ChunkCodec::ChunkCodec() : compressor_(std::make_unique<Compressor>()) {}
ChunkCodec::~ChunkCodec() = default;

EncodedChunk ChunkCodec::encode(std::span<const StoredEvent> events) {
  EncodedChunk chunk;
  chunk.first_ms = events.front().timestamp_ms;
  chunk.last_ms = events.back().timestamp_ms;
  chunk.count = static_cast<std::uint32_t>(events.size());
  chunk.hashes.resize(events.size() * 8);

  std::vector<std::string_view> sources;
  for (const StoredEvent& event : events) index_in(sources, event.source);
  ByteWriter writer;
  writer.unsigned_number(kVersion);
  writer.unsigned_number(events.size());
  writer.unsigned_number(sources.size());
  for (const std::string_view source : sources) writer.text(source);
  std::int64_t before_ms = 0;
  std::uint64_t before_position = 0;
  Bytes& plain = compressor_->plain;
  plain.clear();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const StoredEvent& event = events[i];
    store(&chunk.hashes[i * 8], message_hash(event.message_id));
    writer.signed_number(event.timestamp_ms - before_ms);
    writer.signed_number(event.received_at_ms - event.timestamp_ms);
    writer.signed_number(static_cast<std::int64_t>(event.position - before_position));
    writer.unsigned_number(index_in(sources, event.source) * 2 + (event.trust == Trust::proved ? 1 : 0));
    writer.text(event.message_id);
    writer.blob(event.tree);
    before_ms = event.timestamp_ms;
    before_position = event.position;
    chunk.position = std::max(chunk.position, event.position);
    const std::size_t at = plain.size();
    const std::size_t json_bytes = event.is_rendered ? 0 : event.json.size();
    plain.resize(at + 4 + json_bytes);
    store(&plain[at], event.is_rendered ? kRendered : static_cast<std::uint32_t>(json_bytes));
    std::memcpy(plain.data() + at + 4, event.json.data(), json_bytes);
  }
  chunk.events = compressor_->segment(writer.bytes());
  chunk.json = compressor_->segment(plain);
  return chunk;
}

Result<std::vector<StoredEvent>> ChunkCodec::decode(std::span<const std::uint8_t> segments) {
  Bytes plain;
  if (!append_plain(segments, plain)) return damaged();
  ByteReader reader(plain);
  std::vector<StoredEvent> events;
  while (!reader.at_end()) {
    if (!decode_segment(reader, plain.size(), events)) return damaged();
  }
  if (events.empty()) return damaged();
  return events;
}

Result<void> ChunkCodec::add_json(std::span<const std::uint8_t> json, std::vector<StoredEvent>& events) {
  Bytes plain;
  if (!append_plain(json, plain)) return damaged();
  std::size_t at = 0;
  for (StoredEvent& event : events) {
    if (plain.size() - at < 4) return damaged();
    const auto bytes = load<std::uint32_t>(plain.data() + at);
    at += 4;
    event.is_rendered = bytes == kRendered;
    if (event.is_rendered) {
      event.json = json_from_tagged(event.value());
      continue;
    }
    if (plain.size() - at < bytes) return damaged();
    event.json.assign(reinterpret_cast<const char*>(plain.data() + at), bytes);
    at += bytes;
  }
  if (at != plain.size()) return damaged();
  return {};
}

bool has_hash(std::span<const std::uint8_t> hashes, std::uint64_t hash) {
  for (std::size_t at = 0; at + 8 <= hashes.size(); at += 8) {
    if (load<std::uint64_t>(hashes.data() + at) == hash) return true;
  }
  return false;
}

}  // namespace desirepath::collector
