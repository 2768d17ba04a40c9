#include "sdk/engine/affinity.hpp"

#include "sdk/engine/decay.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/stored_value.hpp"

namespace desirepath {

using format::BehaviorRecord;

namespace {

constexpr std::size_t kCutAt = kTimeBytes;
constexpr std::size_t kArrayAt = kCutAt + 1;
constexpr std::size_t kTextsAt = kAffinityHeadBytes;
constexpr std::size_t kWeightBytes = sizeof(double);
constexpr std::size_t kTextHeadBytes = 5;  // tag, length
static_assert(kTextsAt == kArrayAt + kContainerHeadBytes);
static_assert(kAffinityTextBytesMax == kTextHeadBytes + kStateValueBytesMax + kWeightBytes);

// Where the weights begin; 0 where the record is malformed.
std::size_t weights_at(Payload record) noexcept {
  if (record.size() < kTextsAt) return 0;
  const std::size_t array = validated_size({&record[kArrayAt], record.size() - kArrayAt});
  if (array == 0) return 0;
  const Value texts = Value::read(&record[kArrayAt]);
  if (!texts.is_array() || record.size() != kArrayAt + array + texts.count() * kWeightBytes) return 0;
  return kArrayAt + array;
}

// The texts and weights of a record, in which one leaves and one comes. Both keep the order of the weights.
class Texts {
 public:
  Texts(std::uint8_t* record, std::size_t weights)
      : record_(record), weights_at_(weights), count_(load<std::uint32_t>(&record[kTextsAt - 4])) {}

  std::uint32_t count() const noexcept { return count_; }
  std::size_t weights_at() const noexcept { return weights_at_; }
  std::size_t bytes() const noexcept { return weights_at_ + count_ * kWeightBytes; }

  // Index of the text, or count().
  std::uint32_t find(std::string_view text) const noexcept {
    std::size_t at = kTextsAt;
    for (std::uint32_t i = 0; i < count_; ++i) {
      const Value held = Value::read(record_ + at);
      if (held.is_string() && held.text() == text) return i;
      at += encoded_size(record_ + at);
    }
    return count_;
  }

  double weight(std::uint32_t index) const noexcept {
    const double held = load<double>(weight_place(index));
    return is_finite(held) ? held : 0;
  }

  void decay(std::int64_t elapsed_ms, std::int64_t half_life_ms) noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      store(weight_place(i), decayed(weight(i), elapsed_ms, half_life_ms));
    }
  }

  void remove(std::uint32_t index) noexcept {
    close_gap(weight_place(index), kWeightBytes);
    std::uint8_t* text = text_place(index);
    const std::size_t size = encoded_size(text);
    --count_;
    close_gap(text, size);
    weights_at_ -= size;
    write_head();
  }

  // Before the first that is not heavier. The record must have room.
  void insert(std::string_view text, double weight_of_text) noexcept {
    std::uint32_t index = 0;
    while (index < count_ && weight(index) > weight_of_text) ++index;
    const std::size_t size = kTextHeadBytes + text.size();
    std::uint8_t* place = text_place(index);
    open_gap(place, size);
    place[0] = static_cast<std::uint8_t>(Tag::string);
    store(place + 1, static_cast<std::uint32_t>(text.size()));
    std::memcpy(place + kTextHeadBytes, text.data(), text.size());
    weights_at_ += size;
    open_gap(weight_place(index), kWeightBytes);
    store(weight_place(index), weight_of_text);
    ++count_;
    write_head();
  }

 private:
  std::uint8_t* text_place(std::uint32_t index) const noexcept {
    std::uint8_t* at = record_ + kTextsAt;
    while (index-- > 0) at += encoded_size(at);
    return at;
  }
  std::uint8_t* weight_place(std::uint32_t index) const noexcept {
    return record_ + weights_at_ + index * kWeightBytes;
  }
  // The bytes from a place to the end of the weights move over the `size` bytes before them, or make room for
  // as many.
  void close_gap(std::uint8_t* at, std::size_t size) noexcept {
    std::memmove(at, at + size, static_cast<std::size_t>(record_ + bytes() - at) - size);
  }
  void open_gap(std::uint8_t* at, std::size_t size) noexcept {
    std::memmove(at + size, at, static_cast<std::size_t>(record_ + bytes() - at));
  }
  void write_head() noexcept {
    record_[kArrayAt] = static_cast<std::uint8_t>(Tag::array);
    store(record_ + kArrayAt + 1, static_cast<std::uint32_t>(weights_at_ - kTextsAt));
    store(record_ + kArrayAt + 5, count_);
  }

  std::uint8_t* record_;
  std::size_t weights_at_;
  std::uint32_t count_;
};

}  // namespace

BehaviorReading read_affinity(Payload record) noexcept {
  if (weights_at(record) == 0) return {};
  return {Value::read(&record[kArrayAt]), record[kCutAt] != 0};
}

void update_affinity(const BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                     const Value& value) noexcept {
  if (!value.is_string()) return;
  const std::string_view text = storable_text(value.text());
  MutablePayload record = state.find(behavior.key, Family::behavior);
  if (weights_at(record) == 0) {
    state.erase(behavior.key, Family::behavior);
    record = state.resize(behavior.key, Family::behavior, kTextsAt);
    if (!record) return;
    record[kArrayAt] = static_cast<std::uint8_t>(Tag::array);
  }
  Texts held(record.data(), weights_at(record));
  held.decay(time_ms - load_time(record.data()), behavior.half_life_ms);
  bool is_inexact = record[kCutAt] != 0 || text.size() < value.text().size();
  double weight = 1;
  if (const std::uint32_t known = held.find(text); known < held.count()) {
    weight += held.weight(known);
    held.remove(known);
  }
  for (; held.count() >= behavior.keep; is_inexact = true) held.remove(held.count() - 1);

  const std::size_t bytes = held.bytes() + kTextHeadBytes + text.size() + kWeightBytes;
  record = state.resize(behavior.key, Family::behavior, bytes);
  if (!record) return;
  store_time(record.data(), time_ms);
  record[kCutAt] = is_inexact ? 1 : 0;
  Texts grown(record.data(), held.weights_at());
  grown.insert(text, weight);
}

}  // namespace desirepath
