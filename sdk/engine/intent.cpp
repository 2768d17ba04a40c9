#include "sdk/engine/intent.hpp"

namespace desirepath {

using namespace format;

namespace {

// Entries of a stage's key and its evidence, the latest first.
constexpr std::uint32_t kIntentKey = fnv1a("intent");
constexpr std::size_t kEvidenceAt = 4;

void count_for(const Program& program, State& state, std::uint32_t stage) noexcept {
  const std::uint32_t key = program.stages()[stage].key;
  MutablePayload record = state.find(kIntentKey, Family::intent);
  const std::size_t held = record.size() / kIntentEntryBytes * kIntentEntryBytes;
  std::size_t at = 0;
  while (at < held && load<std::uint32_t>(&record[at]) != key) at += kIntentEntryBytes;
  const std::uint32_t evidence = at < held ? load<std::uint32_t>(&record[at + kEvidenceAt]) : 0;
  const bool has_room = held / kIntentEntryBytes < program.stages().size();
  if (at == held && has_room) record = state.resize(kIntentKey, Family::intent, held + kIntentEntryBytes);
  if (at == held && !has_room) at -= kIntentEntryBytes;
  if (!record) return;
  std::memmove(&record[kIntentEntryBytes], record.data(), at);
  store(record.data(), key);
  store(&record[kEvidenceAt], evidence == UINT32_MAX ? evidence : evidence + 1);
}

}  // namespace

Intent session_intent(const Program& program, const State& state) noexcept {
  const Payload record = state.find(kIntentKey, Family::intent);
  Intent intent;
  double all = 0;
  for (std::size_t at = 0; at + kIntentEntryBytes <= record.size(); at += kIntentEntryBytes) {
    const std::uint32_t key = load<std::uint32_t>(&record[at]);
    const std::uint32_t evidence = load<std::uint32_t>(&record[at + kEvidenceAt]);
    all += evidence;
    if (evidence <= intent.evidence) continue;
    for (std::uint32_t stage = 0; stage < program.stages().size(); ++stage) {
      if (program.stages()[stage].key == key) intent = {true, stage, evidence, 0};
    }
  }
  intent.confidence = intent.evidence / (all + 1);
  return intent;
}

double confidence_in_stage(const Program& program, const State& state, std::uint32_t stage) noexcept {
  const Payload record = state.find(kIntentKey, Family::intent);
  double all = 0;
  double own = 0;
  for (std::size_t at = 0; at + kIntentEntryBytes <= record.size(); at += kIntentEntryBytes) {
    const std::uint32_t evidence = load<std::uint32_t>(&record[at + kEvidenceAt]);
    all += evidence;
    if (load<std::uint32_t>(&record[at]) == program.stages()[stage].key) own += evidence;
  }
  return own / (all + 1);
}

Value intent_value(const Program& program, const State& state, IntentField field) noexcept {
  const Intent intent = session_intent(program, state);
  if (!intent.known) return {};
  if (field == IntentField::confidence) return Value::of(intent.confidence);
  const std::uint32_t text = program.stages()[intent.stage].intent;
  return text == 0 ? Value{} : Value::of(program.string(text - 1));
}

void forget_intent(State& state) noexcept {
  state.erase(kIntentKey, Family::intent);
}

void update_intent(const Scope& scope, State& state, const EventRecord& event) noexcept {
  for (std::uint32_t i = event.evidence.begin; i < event.evidence.end; ++i) {
    count_for(scope.program, state, scope.program.list(i));
  }
}

}  // namespace desirepath
