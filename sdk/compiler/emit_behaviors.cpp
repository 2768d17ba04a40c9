#include <algorithm>
#include <cmath>

#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/bytes.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

void read_fact(Emission& emission, Root root, const std::string& path, BehaviorRecord& record) {
  const std::vector<std::string> keys = split_path(path);
  record.fact = emission.builder.fact(root, keys.front()) + 1;
  record.path = emission.builder.path({keys.begin() + 1, keys.end()});
}

// A windowed count is exact as far as conditions compare it when one time more than the largest constant is
// kept. A device keeps no more; the collector also shows counts to people and keeps at least the default.
std::uint32_t behavior_keep(Emission& emission, const BehaviorSpec& spec) {
  if (spec.within_ms == 0 || spec.kind == BehaviorKind::last) return 1;
  const std::uint32_t wanted = spec.keep != 0 ? spec.keep : kBehaviorKeepDefault;
  const double compared = std::ceil(emission.compared.largest(spec.id.text)) + 1;
  if (spec.kind != BehaviorKind::count || compared < 1) return wanted;
  if (compared > kBehaviorKeepMax) {
    emission.diagnostics.error(spec.id.offset, "behavior '" + spec.id.text + "' is compared with more than " +
                                                   std::to_string(kBehaviorKeepMax - 1) +
                                                   "; a window cannot keep that many");
    return kBehaviorKeepMax;
  }
  const auto needed = static_cast<std::uint32_t>(compared);
  return emission.for_device() ? std::max(needed, spec.keep) : std::max(needed, wanted);
}

void emit_behavior(Emission& emission, const BehaviorSpec& spec) {
  const auto index = static_cast<std::uint32_t>(emission.builder.behaviors.size());
  BehaviorRecord record{};
  record.id = emission.shown_id("behavior", spec.id.text, spec.is_public);
  record.kind = static_cast<std::uint32_t>(spec.kind);
  record.within_ms = spec.within_ms;
  record.keep = behavior_keep(emission, spec);
  record.key = fnv1a(compact_json(emission.text, *spec.source), emission.unique_key("behavior", spec.id));
  if (!spec.fact.empty()) {
    const std::size_t dot = spec.fact.text.find('.');
    const std::string head = spec.fact.text.substr(0, dot);
    const std::string rest = dot == std::string::npos ? "" : spec.fact.text.substr(dot + 1);
    if ((head != "properties" && head != "context") || rest.empty()) {
      emission.diagnostics.error(
          spec.fact.offset,
          "a behavior reads a fact of its event, such as 'properties.revenue', not '" + spec.fact.text + "'");
    } else {
      read_fact(emission, head == "properties" ? Root::properties : Root::context, rest, record);
    }
  }
  emission.builder.behaviors.push_back(record);
  emission.builder.behaviors[index].where =
      emission.conditions.compile(spec.filter.where, FactsAllowed::of_event);
  emission.dispatch.add_behavior(spec.filter.event.text, index);
}

bool reads_models(const ProgramBuilder& builder, std::uint32_t root) {
  return std::any_of(builder.nodes.begin() + root, builder.nodes.end(), [](const NodeRecord& node) {
    return node.subject == static_cast<std::uint8_t>(Subject::propensity);
  });
}

void emit_audience(Emission& emission, const AudienceSpec& spec) {
  emission.in_audience = true;
  const std::uint32_t node = emission.conditions.compile(spec.condition, FactsAllowed::of_profile) - 1;
  emission.in_audience = false;
  emission.builder.audiences.push_back({emission.shown_id("audience", spec.id.text, false), node,
                                        reads_models(emission.builder, node) ? 1u : 0u});
}

}  // namespace

void emit_asked_for(Emission& emission) {
  bool found = true;
  while (found) {
    found = false;
    for (; emission.builder.behaviors.size() < emission.behaviors.in_order().size(); found = true) {
      emit_behavior(emission, *emission.behaviors.in_order()[emission.builder.behaviors.size()]);
    }
    for (; emission.builder.audiences.size() < emission.audiences.in_order().size(); found = true) {
      emit_audience(emission, *emission.audiences.in_order()[emission.builder.audiences.size()]);
    }
  }
}

}  // namespace desirepath::compiler
