#include "sdk/engine/consent.hpp"

namespace desirepath {

using namespace format;

Value consent_value(const Program& program, const State& state, std::uint32_t consent) noexcept {
  const Payload record = state.find(program.consents()[consent].key, Family::consent);
  return record.empty() ? Value{} : Value::of(record[0] != 0);
}

bool is_consented(const Program& program, const State& state, std::uint32_t consent_plus_one) noexcept {
  return consent_plus_one == 0 || consent_value(program, state, consent_plus_one - 1).boolean();
}

void set_consent(const Program& program, State& state, std::string_view category, bool granted) noexcept {
  for (std::uint32_t i = 0; i < program.consents().size(); ++i) {
    if (program.string(program.consents()[i].category) != category) continue;
    const MutablePayload record = state.resize(program.consents()[i].key, Family::consent, 1);
    if (record) record[0] = granted ? 1 : 0;
  }
}

void update_consents(const Program& program, State& state, const Event& event) noexcept {
  const Value preferences = engine_fact(program, event, EngineFact::consent).at("categoryPreferences");
  for (std::uint32_t i = 0; i < program.consents().size(); ++i) {
    const Value said = preferences.at(program.string(program.consents()[i].category));
    if (!said.is_boolean()) continue;
    const MutablePayload record = state.resize(program.consents()[i].key, Family::consent, 1);
    if (record) record[0] = said.boolean() ? 1 : 0;
  }
}

}  // namespace desirepath
