#include "collector/journal/accepted_batch.hpp"

#include <zlib.h>

#include <cstring>

namespace desirepath::collector {
namespace {

constexpr std::uint8_t kFormat = 2;
constexpr std::size_t kChecksumBytes = 4;

class Output {
 public:
  explicit Output(std::size_t bytes) { bytes_.reserve(bytes); }
  void byte(std::uint8_t value) { bytes_.push_back(value); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
  }
  void zigzag(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(const std::string& value) {
    varint(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  std::vector<std::uint8_t> finish() {
    const auto sum = static_cast<std::uint32_t>(crc32_z(0, bytes_.data(), bytes_.size()));
    for (std::size_t i = 0; i < kChecksumBytes; ++i) byte(static_cast<std::uint8_t>(sum >> (8 * i)));
    return std::move(bytes_);
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

// Reads what Output wrote; after the first impossible byte everything is zero and ok() is false.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint8_t byte() {
    if (at_ >= bytes_.size()) return stop();
    return bytes_[at_++];
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    return stop();
  }
  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::string text() {
    const std::uint64_t size = varint();
    if (size > bytes_.size() - at_) {
      stop();
      return {};
    }
    std::string value(reinterpret_cast<const char*>(bytes_.data()) + at_, size);
    at_ += size;
    return value;
  }
  std::size_t left() const { return bytes_.size() - at_; }
  bool ok() const { return ok_; }

 private:
  std::uint8_t stop() {
    ok_ = false;
    at_ = bytes_.size();
    return 0;
  }
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

tl::unexpected<Error> damaged() {
  return failure(ErrorCode::storage, "a batch of the journal is damaged");
}

}  // namespace

std::vector<std::uint8_t> encode(const AcceptedBatch& batch) {
  std::size_t bytes = 64 + batch.source.size();
  for (const AcceptedEvent& event : batch.events) bytes += event.json.size() + event.message_id.size() + 24;
  for (const RejectedEvent& event : batch.rejected) bytes += event.json.size() + event.message.size() + 200;
  Output out(bytes);
  out.byte(kFormat);
  out.byte(static_cast<std::uint8_t>(batch.trust));
  out.zigzag(batch.received_at_ms);
  out.text(batch.source);
  out.varint(batch.events.size());
  for (const AcceptedEvent& event : batch.events) {
    out.zigzag(static_cast<std::int64_t>(static_cast<std::uint64_t>(batch.received_at_ms) -
                                         static_cast<std::uint64_t>(event.timestamp_ms)));
    out.text(event.message_id);
    out.text(event.json);
  }
  out.varint(batch.rejected.size());
  for (const RejectedEvent& event : batch.rejected) {
    for (const std::string* text :
         {&event.code, &event.message, &event.field, &event.event, &event.message_id, &event.json}) {
      out.text(*text);
    }
  }
  out.varint(batch.marks.size());
  for (const RejectedMark& mark : batch.marks) {
    out.zigzag(mark.id);
    out.byte(static_cast<std::uint8_t>(mark.fate));
    out.zigzag(mark.at_ms);
  }
  return out.finish();
}

Result<AcceptedBatch> decode_batch(std::span<const std::uint8_t> bytes) {
  if (bytes.size() <= kChecksumBytes) return damaged();
  const auto content = bytes.first(bytes.size() - kChecksumBytes);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kChecksumBytes; ++i) {
    sum |= static_cast<std::uint32_t>(bytes[content.size() + i]) << (8 * i);
  }
  if (sum != static_cast<std::uint32_t>(crc32_z(0, content.data(), content.size()))) return damaged();
  Input in(content);
  AcceptedBatch batch;
  if (in.byte() != kFormat) return damaged();
  const std::uint8_t trust = in.byte();
  if (trust > 1) return damaged();
  batch.trust = static_cast<Trust>(trust);
  batch.received_at_ms = in.zigzag();
  batch.source = in.text();
  const std::uint64_t events = in.varint();
  if (events > in.left()) return damaged();
  batch.events.reserve(events);
  for (std::uint64_t i = 0; i < events && in.ok(); ++i) {
    AcceptedEvent event;
    event.timestamp_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(batch.received_at_ms) -
                                                   static_cast<std::uint64_t>(in.zigzag()));
    event.message_id = in.text();
    event.json = in.text();
    batch.events.push_back(std::move(event));
  }
  const std::uint64_t rejected = in.varint();
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
  const std::uint64_t marks = in.varint();
  if (marks > in.left()) return damaged();
  batch.marks.reserve(marks);
  for (std::uint64_t i = 0; i < marks && in.ok(); ++i) {
    RejectedMark mark;
    mark.id = in.zigzag();
    const std::uint8_t fate = in.byte();
    if (fate > 1) return damaged();
    mark.fate = static_cast<RejectedMark::Fate>(fate);
    mark.at_ms = in.zigzag();
    batch.marks.push_back(mark);
  }
  if (!in.ok() || in.left() != 0) return damaged();
  return batch;
}

}  // namespace desirepath::collector
