#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/bytes.hpp"
#include "sdk/engine/features.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

void emit_add(Emission& emission, std::uint32_t score, const ScoreAddSpec& spec) {
  ScoreAddRecord record{};
  record.score = score;
  record.points = spec.points;
  if (!spec.fact.empty()) {
    const Emission::EventFact fact = emission.event_fact(spec.fact, "a score");
    record.fact = fact.fact;
    record.path = fact.path;
  }
  record.where = emission.conditions.compile(spec.filter.where, FactsAllowed::of_event);
  emission.dispatch.add_score_add(spec.filter.event.text,
                                  static_cast<std::uint32_t>(emission.builder.score_adds.size()));
  emission.builder.score_adds.push_back(record);
}

void emit_term(Emission& emission, const ModelTermSpec& spec) {
  ModelTermRecord record{};
  record.weight = spec.weight;
  record.missing = spec.missing;
  record.per = spec.per;
  bool is_truth = true;
  if (spec.when != nullptr) {
    record.node = emission.conditions.compile(spec.when, FactsAllowed::of_profile);
  } else if (!spec.fact.empty()) {
    const ConditionCompiler::Reader reader =
        emission.conditions.compile_reader(spec.fact, FactsAllowed::of_profile);
    record.node = reader.node;
    is_truth = reader.is_truth;
  }
  if (record.node == 0) return;  // was said
  --record.node;
  record.kind = static_cast<std::uint32_t>(is_truth ? TermKind::truth : TermKind::number);
  emission.builder.model_terms.push_back(record);
}

}  // namespace

void emit_score(Emission& emission, const ScoreSpec& spec) {
  emission.needs(kFeatureScore);
  const auto index = static_cast<std::uint32_t>(emission.builder.scores.size());
  ScoreRecord record{};
  record.id = emission.shown_id("score", spec.id.text, spec.is_public);
  record.key = fnv1a(spec.identity, emission.unique_key("score", spec.id));
  record.half_life_ms = spec.half_life_ms;
  record.tiers.begin = static_cast<std::uint32_t>(emission.builder.tiers.size());
  for (const TierSpec& tier : spec.tiers) {
    emission.builder.tiers.push_back({emission.shown_tier(spec, tier.name.text), 0, tier.from});
  }
  record.tiers.end = static_cast<std::uint32_t>(emission.builder.tiers.size());
  emission.builder.scores.push_back(record);
  for (const ScoreAddSpec& add : spec.add) emit_add(emission, index, add);
}

void emit_model(Emission& emission, const ModelSpec& spec) {
  emission.needs(kFeatureModel);
  ModelRecord record{};
  record.id = emission.shown_id("model", spec.id.text, spec.is_public);
  record.intercept = spec.intercept;
  record.terms.begin = static_cast<std::uint32_t>(emission.builder.model_terms.size());
  emission.in_model = true;
  for (const ModelTermSpec& term : spec.terms) emit_term(emission, term);
  emission.in_model = false;
  record.terms.end = static_cast<std::uint32_t>(emission.builder.model_terms.size());
  emission.builder.models.push_back(record);
}

}  // namespace desirepath::compiler
