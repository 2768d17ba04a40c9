#include "collector/profile/event_chunk.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "collector/profile/limits.hpp"
#include "sdk/engine/bytes.hpp"

namespace desirepath::collector {
namespace {

constexpr std::uint64_t kVersion = 2;
constexpr std::uint64_t kVersionWithoutPositions = 1;
constexpr int kLevel = 1;  // the fold's time is dearer than the disk's room

// JSON of a segment that is compressed at once; less is left for when the session is over.
constexpr std::size_t kCompressFromBytes = 4096;

tl::unexpected<Error> damaged() {
  return failure(ErrorCode::storage, "profile store: a chunk of events is damaged");
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
  const std::uint64_t version = reader.unsigned_number();
  if (version != kVersion && version != kVersionWithoutPositions) return false;
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
    if (version == kVersion) {
      event.position = before_position + static_cast<std::uint64_t>(reader.signed_number());
    }
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

// Appends what all JSON segments hold, inflated; false when they are damaged.
bool append_plain(std::span<const std::uint8_t> json, Bytes& plain) {
  std::size_t at = 0;
  while (at < json.size()) {
    if (json.size() - at < 8) return false;
    const std::size_t stored = load<std::uint32_t>(json.data() + at);
    const std::size_t size = load<std::uint32_t>(json.data() + at + 4);
    at += 8;
    if (stored > json.size() - at || stored > size || plain.size() + size > kChunkJsonBytesMax) return false;
    const std::size_t begin = plain.size();
    if (stored == size) {
      plain.insert(plain.end(), json.begin() + static_cast<std::ptrdiff_t>(at),
                   json.begin() + static_cast<std::ptrdiff_t>(at + stored));
    } else {
      plain.resize(begin + size);
      uLongf length = size;
      if (uncompress(plain.data() + begin, &length, json.data() + at, static_cast<uLong>(stored)) != Z_OK ||
          length != size) {
        return false;
      }
    }
    at += stored;
  }
  return true;
}

}  // namespace

struct ChunkCodec::Deflate {
  z_stream stream{};
  Bytes plain;
  Deflate() { deflateInit2(&stream, kLevel, Z_DEFLATED, 13, 6, Z_DEFAULT_STRATEGY); }
  ~Deflate() { deflateEnd(&stream); }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;
};

ChunkCodec::ChunkCodec() : deflate_(std::make_unique<Deflate>()) {}
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
  Bytes& plain = deflate_->plain;
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
    plain.resize(at + 4 + event.json.size());
    store(&plain[at], static_cast<std::uint32_t>(event.json.size()));
    std::memcpy(plain.data() + at + 4, event.json.data(), event.json.size());
  }
  chunk.events = writer.take();
  append_json_segment(chunk.json, kCompressFromBytes);
  return chunk;
}

// A segment: u32 bytes stored, u32 bytes of JSON with their lengths; compressed where the first is less.
void ChunkCodec::append_json_segment(Bytes& json, std::size_t compress_from) {
  Bytes& plain = deflate_->plain;
  const std::size_t at = json.size();
  std::size_t stored = plain.size();
  if (plain.size() >= compress_from) {
    z_stream& stream = deflate_->stream;
    deflateReset(&stream);
    json.resize(at + 8 + deflateBound(&stream, plain.size()));
    stream.next_in = plain.data();
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = json.data() + at + 8;
    stream.avail_out = static_cast<uInt>(json.size() - at - 8);
    deflate(&stream, Z_FINISH);
    stored = json.size() - at - 8 - stream.avail_out;
  }
  json.resize(at + 8 + std::min(stored, plain.size()));
  if (stored >= plain.size()) {
    stored = plain.size();
    std::copy(plain.begin(), plain.end(), json.begin() + static_cast<std::ptrdiff_t>(at + 8));
  }
  store(&json[at], static_cast<std::uint32_t>(stored));
  store(&json[at + 4], static_cast<std::uint32_t>(plain.size()));
}

Result<std::vector<StoredEvent>> ChunkCodec::decode(std::span<const std::uint8_t> bytes) {
  ByteReader reader(bytes);
  std::vector<StoredEvent> events;
  while (!reader.at_end()) {
    if (!decode_segment(reader, bytes.size(), events)) return damaged();
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
    if (plain.size() - at < bytes) return damaged();
    event.json.assign(reinterpret_cast<const char*>(plain.data() + at), bytes);
    at += bytes;
  }
  if (at != plain.size()) return damaged();
  return {};
}

Result<Bytes> ChunkCodec::pack_json(std::span<const std::uint8_t> json) {
  deflate_->plain.clear();
  if (!append_plain(json, deflate_->plain)) return damaged();
  Bytes packed;
  append_json_segment(packed, 0);
  return packed;
}

bool has_hash(std::span<const std::uint8_t> hashes, std::uint64_t hash) {
  for (std::size_t at = 0; at + 8 <= hashes.size(); at += 8) {
    if (load<std::uint64_t>(hashes.data() + at) == hash) return true;
  }
  return false;
}

}  // namespace desirepath::collector
