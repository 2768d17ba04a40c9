#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

namespace {

void read_benchmark(Reading& reading, const JsonNode& node) {
  ObjectReader reader(node, "a benchmark", reading.diagnostics);
  reader.number("value", 0);
  reader.text("source");
  reader.text("date");
  reader.finish();
}

void read_kpis(Reading& reading, ObjectReader& owner, StageSpec& stage) {
  const JsonNode* kpis = owner.array("kpis");
  if (kpis == nullptr) return;
  for (const JsonNode& kpi : kpis->items) {
    ObjectReader reader(kpi, "a KPI of " + owner.what(), reading.diagnostics);
    KpiSpec spec;
    spec.id = reader.required_text("id");
    spec.formula = reader.required_text("formula");
    reader.number("target", 0);
    if (const JsonNode* benchmark = reader.object("benchmark")) read_benchmark(reading, *benchmark);
    reader.finish();
    stage.kpis.push_back(spec);
  }
}

std::vector<StageRuleSpec> read_rules(Reading& reading, ObjectReader& stage, const char* key) {
  std::vector<StageRuleSpec> specs;
  const JsonNode* node = stage.member(key);
  if (node == nullptr) return specs;
  std::vector<const JsonNode*> rules;
  if (node->is_array()) {
    for (const JsonNode& rule : node->items) rules.push_back(&rule);
  } else {
    rules.push_back(node);
  }
  for (const JsonNode* rule : rules) {
    ObjectReader reader(*rule, "'" + std::string(key) + "' of " + stage.what(), reading.diagnostics);
    StageRuleSpec spec;
    spec.filter = read_filter(reader);
    spec.when = reader.object("when");
    spec.source = rule;
    reader.finish();
    specs.push_back(spec);
  }
  return specs;
}

}  // namespace

void read_stage(Reading& reading, const JsonNode& node) {
  const std::string id = id_of(reading, node, "stage", reading.stage_ids);
  ObjectReader reader(node, id.empty() ? "a stage" : quoted("stage", id), reading.diagnostics);
  StageSpec stage;
  stage.id = reader.required_text("id");
  stage.offset = node.offset;
  stage.owner = reader.text("owner");
  stage.intent = reader.text("intent");
  read_kpis(reading, reader, stage);
  stage.enter = read_rules(reading, reader, "enter");
  stage.exit = read_rules(reading, reader, "exit");
  stage.touchpoints = reader.texts("touchpoints");
  stage.stuck_after_ms = reader.duration("stuck_after");
  stage.expected_next = reader.texts("expected_next");
  stage.is_public = reader.flag("public", false);
  reader.finish();
  reading.journey.stages.push_back(std::move(stage));
}

}  // namespace desirepath::compiler
