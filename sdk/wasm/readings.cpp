// What the state says about the person, reading by reading. The layout of a reading: ABI.md.

#include <cstdint>

#include "sdk/engine/ask.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/model.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/wasm/module.hpp"

namespace {

using namespace desirepath;
using namespace desirepath::wasm;

enum ReadingKind : std::uint32_t { kStage, kBehavior, kAudience, kAsk, kScore, kTier, kPropensity };

struct ReadingRow {
  double number;
  Text id;
  Tag tag;
  Bytes bytes;
  std::uint32_t is_inexact;
  std::uint32_t reserved;
};
static_assert(sizeof(ReadingRow) == 32);

ReadingRow g_reading;

const ReadingRow* row_of(const Program& program, std::uint32_t id, const Value& value,
                         bool is_inexact = false) {
  g_reading = {0, program.prefixed_string(id), value.tag(), {nullptr, 0}, is_inexact ? 1u : 0u, 0};
  if (value.is_number()) g_reading.number = value.number();
  if (value.is_string() || value.is_array() || value.is_object()) {
    g_reading.bytes = {reinterpret_cast<const char*>(value.items()), value.count()};
  }
  return &g_reading;
}

}  // namespace

DP_EXPORT(dp_reading)(std::uint32_t kind, std::uint32_t index, double now)->const ReadingRow* {
  const Module& module = wasm::module();
  if (!module.loaded || !(now >= 0 && now <= static_cast<double>(kTimeMaxMs))) return nullptr;
  const Program& program = module.program;
  const auto time_ms = static_cast<std::int64_t>(now);
  if (kind == kStage) {
    const CurrentStage current = current_stage(program, state());
    if (!current.known || index != 0) return nullptr;
    return row_of(program, program.stages()[current.stage].id,
                  Value::of(static_cast<double>(current.since_ms)));
  }
  if (kind == kBehavior && index < program.behaviors().size()) {
    const BehaviorReading reading = read_behavior(program, state(), index, time_ms);
    return row_of(program, program.behaviors()[index].id, reading.value, reading.inexact);
  }
  const Scope scope{program, state(), nullptr, time_ms, module.zones()};
  if (kind == kAudience && index < program.audiences().size()) {
    const format::AudienceRecord& audience = program.audiences()[index];
    return row_of(program, audience.id, Value::of(holds(scope, audience.when)));
  }
  if constexpr (builds(kFeatureAsk)) {
    if (kind == kAsk && index < program.asks().size()) {
      row_of(program, program.asks()[index].field, Value::of(should_ask(scope, index)));
      g_reading.number = times_asked(program, state(), index, time_ms);
      return &g_reading;
    }
  }
  if constexpr (builds(kFeatureScore)) {
    if ((kind == kScore || kind == kTier) && index < program.scores().size()) {
      const Value value = kind == kTier ? read_tier(program, state(), index, time_ms)
                                        : Value::of(read_score(program, state(), index, time_ms));
      return row_of(program, program.scores()[index].id, value);
    }
  }
  if constexpr (builds(kFeatureModel)) {
    if (kind == kPropensity && index < program.models().size()) {
      return row_of(program, program.models()[index].id, read_propensity(scope, index));
    }
  }
  return nullptr;
}
