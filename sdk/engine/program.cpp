#include "sdk/engine/program.hpp"

#include "sdk/engine/bytes.hpp"

namespace desirepath {

using namespace format;

std::string_view Program::string(std::uint32_t index) const noexcept {
  const std::uint8_t* text = prefixed_string(index);
  return text_at(text + 4, desirepath::load<std::uint32_t>(text));
}

std::int64_t Program::find_event(std::string_view name) const noexcept {
  const std::uint32_t hash = fnv1a(name);
  std::uint32_t low = 0;
  std::uint32_t high = events().size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (events()[middle].name_hash < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < events().size(); ++low) {
    const EventRecord& record = events()[low];
    if (record.name_hash != hash) break;
    if (string(record.name) == name) return low;
  }
  return -1;
}

std::int64_t Program::find_trigger(std::uint32_t key) const noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = triggers_by_key().size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (triggers()[triggers_by_key()[middle]].key < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == triggers_by_key().size() || triggers()[triggers_by_key()[low]].key != key) return -1;
  return triggers_by_key()[low];
}

}  // namespace desirepath
