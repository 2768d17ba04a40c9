#include <algorithm>
#include <cmath>

#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/identity.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

// A cap is answered by as many times as it allows, a comparison by one more than it names.
std::uint32_t kept_times(Emission& emission, const AskSpec& spec) {
  if (spec.cap.times == 0) return 1;
  const double compared = std::ceil(emission.compared.largest("asked." + spec.id.text)) + 1;
  if (compared > kCapTimesMax + 1) {
    emission.diagnostics.error(spec.id.offset, "'asked." + spec.id.text + "' is compared with more than " +
                                                   std::to_string(kCapTimesMax) +
                                                   "; a cap's window counts no further");
    return kCapTimesMax + 1;
  }
  if (emission.compared.is_read_whole("asked." + spec.id.text)) return kCapTimesMax + 1;
  return std::max(spec.cap.times, static_cast<std::uint32_t>(std::max(compared, 0.0)));
}

}  // namespace

void emit_asks(Emission& emission) {
  for (const AskSpec* spec : emission.asks) {
    emission.needs(kFeatureAsk);
    emission.builder.engine_fact(EngineFact::asked_field, Root::properties, "field");
    AskRecord record{};
    record.field = emission.builder.string(spec->id.text);
    record.trait = emission.trait(spec->trait.text);
    record.keep = kept_times(emission, *spec);
    record.cap = emission.cap("ask", spec->id, spec->cap);
    emission.unique_key("ask", spec->id);
    if (spec->cap.times == 0) record.cap.key = definition_key("ask", spec->id.text);
    record.when = emission.conditions.compile(spec->when, FactsAllowed::of_profile);
    emission.builder.asks.push_back(record);
  }
}

}  // namespace desirepath::compiler
