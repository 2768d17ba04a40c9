#include "collector/profile/trait_book.hpp"

#include <algorithm>
#include <utility>

#include "collector/profile/limits.hpp"
#include "collector/profile/stored_event.hpp"
#include "sdk/engine/bytes.hpp"

namespace desirepath::collector {
namespace {

constexpr std::uint64_t kVersion = 2;

tl::unexpected<Error> damaged() {
  return failure(ErrorCode::storage, "profile store: a profile's traits are damaged", kDamagedProfile);
}

// The value's own bytes, from a reader standing on it.
Bytes copied(const std::uint8_t* at) {
  return Bytes(at, at + encoded_size(at));
}

}  // namespace

const TraitValue* TraitRecord::chosen() const {
  return is_withheld && values.front().trust == Trust::claimed ? nullptr : &values.front();
}

const char* TraitRecord::rule() const {
  if (this->chosen() == nullptr) return "address_not_proved";
  const TraitValue& chosen = values.front();
  const bool overruled = chosen.trust == Trust::proved &&
                         std::any_of(values.begin() + 1, values.end(), [&](const TraitValue& other) {
                           return other.trust == Trust::claimed && other.timestamp_ms >= chosen.timestamp_ms;
                         });
  return overruled ? "proved_over_claimed" : "latest";
}

void TraitBook::add(const StoredEvent& event, const Value& traits,
                    const std::function<bool(std::string_view)>& is_withheld) {
  if (!traits.is_object()) return;
  const std::uint8_t* at = traits.items();
  for (std::uint32_t i = 0; i < traits.count(); ++i) {
    const auto key_bytes = load<std::uint32_t>(at);
    const std::string_view name(reinterpret_cast<const char*>(at + 4), key_bytes);
    at += 4 + key_bytes;
    const std::size_t size = encoded_size(at);
    TraitValue value{copied(at), event.source, event.trust, event.timestamp_ms};
    at += size;
    if (size > kTraitBytesMax) continue;
    auto found = traits_.find(name);
    if (found == traits_.end()) {
      if (traits_.size() >= kTraitsMax && !(value.trust == Trust::proved && drop_claimed())) continue;
      found = traits_.emplace(std::string(name), TraitRecord{{}, is_withheld(name)}).first;
    }
    std::vector<TraitValue>& values = found->second.values;
    std::erase_if(values, [&](const TraitValue& other) {
      return other.tagged == value.tagged && (other.trust == value.trust || value.trust == Trust::proved);
    });
    const bool said_by_proof = std::any_of(values.begin(), values.end(), [&](const TraitValue& other) {
      return other.tagged == value.tagged && other.trust == Trust::proved;
    });
    if (said_by_proof && value.trust == Trust::claimed) continue;
    // Later events come later: the new value goes before all of its trust.
    const auto place = std::find_if(values.begin(), values.end(), [&](const TraitValue& other) {
      return value.trust == Trust::proved || other.trust == Trust::claimed;
    });
    values.insert(place, std::move(value));
    if (values.size() > 1 + kTraitOthersMax) values.pop_back();
  }
}

bool TraitBook::drop_claimed() {
  for (auto last = traits_.rbegin(); last != traits_.rend(); ++last) {
    if (last->second.values.front().trust == Trust::proved) continue;
    traits_.erase(std::next(last).base());
    return true;
  }
  return false;
}

bool TraitBook::is_proved(std::string_view name) const {
  const auto found = traits_.find(name);
  return found != traits_.end() && found->second.values.front().trust == Trust::proved;
}

Bytes TraitBook::encode() const {
  if (traits_.empty()) return {};
  ByteWriter writer;
  writer.unsigned_number(kVersion);
  writer.unsigned_number(traits_.size());
  for (const auto& [name, record] : traits_) {
    writer.text(name);
    writer.unsigned_number(record.is_withheld ? 1 : 0);
    writer.unsigned_number(record.values.size());
    for (const TraitValue& value : record.values) {
      writer.blob(value.tagged);
      writer.text(value.source);
      writer.unsigned_number(value.trust == Trust::proved ? 1 : 0);
      writer.signed_number(value.timestamp_ms);
    }
  }
  return writer.take();
}

Result<TraitBook> TraitBook::decode(std::span<const std::uint8_t> bytes) {
  TraitBook book;
  if (bytes.empty()) return book;
  ByteReader reader(bytes);
  if (reader.unsigned_number() != kVersion) return damaged();
  const std::uint64_t names = reader.unsigned_number();
  for (std::uint64_t i = 0; i < names && reader.ok(); ++i) {
    std::string name(reader.text());
    TraitRecord record;
    record.is_withheld = reader.unsigned_number() == 1;
    const std::uint64_t count = reader.unsigned_number();
    for (std::uint64_t n = 0; n < count && reader.ok(); ++n) {
      const auto tagged = reader.blob();
      if (tagged.empty() || validated_size(tagged) != tagged.size()) return damaged();
      TraitValue value;
      value.tagged.assign(tagged.begin(), tagged.end());
      value.source = reader.text();
      value.trust = reader.unsigned_number() == 1 ? Trust::proved : Trust::claimed;
      value.timestamp_ms = reader.signed_number();
      record.values.push_back(std::move(value));
    }
    if (record.values.empty()) return damaged();
    book.traits_.emplace_hint(book.traits_.end(), std::move(name), std::move(record));
  }
  if (!reader.ok() || !reader.at_end()) return damaged();
  return book;
}

}  // namespace desirepath::collector
