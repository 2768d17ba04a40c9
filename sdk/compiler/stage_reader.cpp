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

void read_entries(Reading& reading, ObjectReader& reader, StageSpec& stage) {
  const JsonNode* enter = reader.member("enter");
  if (enter == nullptr) return;
  std::vector<const JsonNode*> rules;
  if (enter->is_array()) {
    for (const JsonNode& rule : enter->items) rules.push_back(&rule);
  } else {
    rules.push_back(enter);
  }
  for (const JsonNode* rule : rules) {
    ObjectReader entry(*rule, "'enter' of " + reader.what(), reading.diagnostics);
    StageRuleSpec spec;
    spec.filter = read_filter(entry);
    spec.when = entry.object("when");
    entry.finish();
    stage.enter.push_back(spec);
  }
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
  read_entries(reading, reader, stage);
  reader.texts("touchpoints");
  reader.duration("stuck_after");
  stage.expected_next = reader.texts("expected_next");
  stage.is_public = reader.flag("public", false);
  reader.refuse("exit", "stages are left by entering another");
  reader.finish();
  reading.journey.stages.push_back(std::move(stage));
}

}  // namespace desirepath::compiler
