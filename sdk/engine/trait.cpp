#include "sdk/engine/trait.hpp"

#include "sdk/engine/stored_value.hpp"

namespace desirepath {

using namespace format;

Value trait_value(const Program& program, const State& state, std::uint32_t trait) noexcept {
  return read_stored_value(state.find(program.traits()[trait].key, Family::trait), 0).value;
}

bool is_trait_cut(const Program& program, const State& state, std::uint32_t trait) noexcept {
  return read_stored_value(state.find(program.traits()[trait].key, Family::trait), 0).cut;
}

void update_traits(const Program& program, State& state, const Event& event) noexcept {
  if (event.type != EventType::identify) return;
  for (std::uint32_t i = 0; i < program.traits().size(); ++i) {
    const TraitRecord& trait = program.traits()[i];
    const Value value = event.facts[trait.fact];
    if (value.tag() == Tag::null) state.erase(trait.key, Family::trait);
    if (value.is_null() || !is_storable(value)) continue;
    const MutablePayload record = state.resize(trait.key, Family::trait, stored_value_bytes(value));
    if (record) write_stored_value(record.data(), value);
  }
}

}  // namespace desirepath
