#include "collector/profile/event_chunk.hpp"

#include <zlib.h>

#include <cstring>
#include <utility>

#include "collector/profile/limits.hpp"
#include "sdk/engine/bytes.hpp"

namespace desirepath::collector {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr int kLevel = 1;  // the fold's time is dearer than the disk's room

tl::unexpected<Error> damaged() { return failure(ErrorCode::storage, "profile store: a chunk of events is damaged"); }

std::uint64_t index_in(std::vector<std::string_view>& sources, std::string_view source) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (sources[i] == source) return i;
  }
  sources.push_back(source);
  return sources.size() - 1;
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
  Bytes& plain = deflate_->plain;
  plain.clear();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const StoredEvent& event = events[i];
    store(&chunk.hashes[i * 8], message_hash(event.message_id));
    writer.signed_number(event.timestamp_ms - before_ms);
    writer.signed_number(event.received_at_ms - event.timestamp_ms);
    writer.unsigned_number(index_in(sources, event.source) * 2 + (event.trust == Trust::proved ? 1 : 0));
    writer.text(event.message_id);
    writer.blob(event.tree);
    before_ms = event.timestamp_ms;
    const std::size_t at = plain.size();
    plain.resize(at + 4 + event.json.size());
    store(&plain[at], static_cast<std::uint32_t>(event.json.size()));
    std::memcpy(plain.data() + at + 4, event.json.data(), event.json.size());
  }
  chunk.events = writer.take();

  z_stream& stream = deflate_->stream;
  deflateReset(&stream);
  chunk.json.resize(4 + deflateBound(&stream, plain.size()));
  store(chunk.json.data(), static_cast<std::uint32_t>(plain.size()));
  stream.next_in = plain.data();
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = chunk.json.data() + 4;
  stream.avail_out = static_cast<uInt>(chunk.json.size() - 4);
  deflate(&stream, Z_FINISH);
  chunk.json.resize(chunk.json.size() - stream.avail_out);
  return chunk;
}

Result<std::vector<StoredEvent>> ChunkCodec::decode(std::span<const std::uint8_t> bytes) {
  ByteReader reader(bytes);
  if (reader.unsigned_number() != kVersion) return damaged();
  const std::uint64_t count = reader.unsigned_number();
  const std::uint64_t source_count = reader.unsigned_number();
  if (!reader.ok() || count > bytes.size() || source_count > bytes.size()) return damaged();
  std::vector<std::string_view> sources;
  for (std::uint64_t i = 0; i < source_count; ++i) sources.push_back(reader.text());
  std::vector<StoredEvent> events(count);
  std::int64_t before_ms = 0;
  for (StoredEvent& event : events) {
    event.timestamp_ms = before_ms + reader.signed_number();
    event.received_at_ms = event.timestamp_ms + reader.signed_number();
    const std::uint64_t source = reader.unsigned_number();
    event.message_id = reader.text();
    const auto tree = reader.blob();
    if (!reader.ok() || source / 2 >= sources.size() || validated_size(tree) != tree.size() || tree.empty()) {
      return damaged();
    }
    event.source = sources[source / 2];
    event.trust = source % 2 == 1 ? Trust::proved : Trust::claimed;
    event.tree.assign(tree.begin(), tree.end());
    before_ms = event.timestamp_ms;
  }
  if (!reader.at_end()) return damaged();
  return events;
}

Result<void> ChunkCodec::add_json(std::span<const std::uint8_t> json, std::vector<StoredEvent>& events) {
  if (json.size() < 4) return damaged();
  const auto size = load<std::uint32_t>(json.data());
  if (size > kChunkJsonBytesMax) return damaged();
  Bytes plain(size);
  uLongf length = size;
  if (uncompress(plain.data(), &length, json.data() + 4, static_cast<uLong>(json.size() - 4)) != Z_OK ||
      length != size) {
    return damaged();
  }
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

bool has_hash(std::span<const std::uint8_t> hashes, std::uint64_t hash) {
  for (std::size_t at = 0; at + 8 <= hashes.size(); at += 8) {
    if (load<std::uint64_t>(hashes.data() + at) == hash) return true;
  }
  return false;
}

}  // namespace desirepath::collector
