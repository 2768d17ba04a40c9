#include "collector/journal/accepted_batch.hpp"

#include <zlib.h>

#include "collector/store/byte_codec.hpp"

namespace desirepath::collector {
namespace {

constexpr std::uint8_t kFormat = 2;
constexpr std::size_t kChecksumBytes = 4;

std::uint32_t checksum_of(std::span<const std::uint8_t> content) {
  return static_cast<std::uint32_t>(crc32_z(0, content.data(), content.size()));
}

tl::unexpected<Error> damaged() {
  return failure(ErrorCode::storage, "a batch of the journal is damaged");
}

}  // namespace

std::vector<std::uint8_t> encode(const AcceptedBatch& batch) {
  std::size_t bytes = 64 + batch.source.size();
  for (const AcceptedEvent& event : batch.events) bytes += event.json.size() + event.message_id.size() + 24;
  for (const RejectedEvent& event : batch.rejected) bytes += event.json.size() + event.message.size() + 200;
  ByteWriter out;
  out.reserve(bytes);
  out.unsigned_number(kFormat);
  out.unsigned_number(static_cast<std::uint8_t>(batch.trust));
  out.signed_number(batch.received_at_ms);
  out.text(batch.source);
  out.unsigned_number(batch.events.size());
  for (const AcceptedEvent& event : batch.events) {
    out.signed_number(static_cast<std::int64_t>(static_cast<std::uint64_t>(batch.received_at_ms) -
                                                static_cast<std::uint64_t>(event.timestamp_ms)));
    out.text(event.message_id);
    out.text(event.json);
  }
  out.unsigned_number(batch.rejected.size());
  for (const RejectedEvent& event : batch.rejected) {
    for (const std::string* text :
         {&event.code, &event.message, &event.field, &event.event, &event.message_id, &event.json}) {
      out.text(*text);
    }
  }
  out.unsigned_number(batch.marks.size());
  for (const RejectedMark& mark : batch.marks) {
    out.signed_number(mark.id);
    out.unsigned_number(static_cast<std::uint8_t>(mark.fate));
    out.signed_number(mark.at_ms);
  }
  Bytes coded = out.take();
  const std::uint32_t sum = checksum_of(coded);
  for (std::size_t i = 0; i < kChecksumBytes; ++i) coded.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
  return coded;
}

Result<AcceptedBatch> decode_batch(std::span<const std::uint8_t> bytes) {
  if (bytes.size() <= kChecksumBytes) return damaged();
  const auto content = bytes.first(bytes.size() - kChecksumBytes);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kChecksumBytes; ++i) {
    sum |= static_cast<std::uint32_t>(bytes[content.size() + i]) << (8 * i);
  }
  if (sum != checksum_of(content)) return damaged();
  ByteReader in(content);
  AcceptedBatch batch;
  if (in.unsigned_number() != kFormat) return damaged();
  const std::uint64_t trust = in.unsigned_number();
  if (trust > 1) return damaged();
  batch.trust = static_cast<Trust>(trust);
  batch.received_at_ms = in.signed_number();
  batch.source = in.text();
  const std::uint64_t events = in.unsigned_number();
  if (events > in.left()) return damaged();
  batch.events.reserve(events);
  for (std::uint64_t i = 0; i < events && in.ok(); ++i) {
    AcceptedEvent event;
    event.timestamp_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(batch.received_at_ms) -
                                                   static_cast<std::uint64_t>(in.signed_number()));
    event.message_id = in.text();
    event.json = in.text();
    batch.events.push_back(std::move(event));
  }
  const std::uint64_t rejected = in.unsigned_number();
  if (rejected > in.left()) return damaged();
  batch.rejected.reserve(rejected);
  for (std::uint64_t i = 0; i < rejected && in.ok(); ++i) {
    RejectedEvent event;
    for (std::string* text :
         {&event.code, &event.message, &event.field, &event.event, &event.message_id, &event.json}) {
      *text = in.text();
    }
    batch.rejected.push_back(std::move(event));
  }
  const std::uint64_t marks = in.unsigned_number();
  if (marks > in.left()) return damaged();
  batch.marks.reserve(marks);
  for (std::uint64_t i = 0; i < marks && in.ok(); ++i) {
    RejectedMark mark;
    mark.id = in.signed_number();
    const std::uint64_t fate = in.unsigned_number();
    if (fate > 1) return damaged();
    mark.fate = static_cast<RejectedMark::Fate>(fate);
    mark.at_ms = in.signed_number();
    batch.marks.push_back(mark);
  }
  if (!in.ok() || !in.at_end()) return damaged();
  return batch;
}

}  // namespace desirepath::collector
