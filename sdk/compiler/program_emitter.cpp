#include "sdk/compiler/program_emitter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "sdk/compiler/condition_compiler.hpp"
#include "sdk/compiler/dispatch_builder.hpp"
#include "sdk/compiler/program_builder.hpp"
#include "sdk/compiler/state_budget.hpp"
#include "sdk/engine/identity.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

std::string hashed_id(std::uint32_t key) {
  char text[kHashedIdBytes + 1];
  std::snprintf(text, sizeof text, "#%08x", key);
  return text;
}

// The largest number each behavior is compared with anywhere: a windowed count must keep one time more.
class ComparedConstants {
 public:
  explicit ComparedConstants(const JsonNode& root) { visit(root); }
  double largest(const std::string& behavior) const {
    const auto found = largest_.find(behavior);
    return found == largest_.end() ? -1 : found->second;
  }

 private:
  void visit(const JsonNode& node) {
    for (const JsonNode& item : node.items) visit(item);
    for (const JsonMember& member : node.members) {
      constexpr std::string_view kPrefix = "behaviors.";
      if (member.key.rfind(kPrefix, 0) == 0) collect(member.key.substr(kPrefix.size()), member.value);
      visit(member.value);
    }
  }
  void collect(const std::string& behavior, const JsonNode& node) {
    if (node.is_number()) {
      const auto [entry, is_new] = largest_.emplace(behavior, node.number);
      if (!is_new) entry->second = std::max(entry->second, node.number);
    }
    for (const JsonNode& item : node.items) collect(behavior, item);
    for (const JsonMember& member : node.members) collect(behavior, member.value);
  }

  std::map<std::string, double> largest_;
};

template <typename Spec>
const Spec* find_spec(const std::vector<Spec>& specs, std::string_view id) {
  for (const Spec& spec : specs) {
    if (spec.id.text == id) return &spec;
  }
  return nullptr;
}

template <typename Spec>
std::vector<std::string> ids_of(const std::vector<Spec>& specs) {
  std::vector<std::string> ids;
  for (const Spec& spec : specs) ids.push_back(spec.id.text);
  return ids;
}

class Emitter {
 public:
  Emitter(const Journey& journey, const JsonNode& root, std::string_view text, Target target,
          Diagnostics& diagnostics)
      : journey_(journey),
        text_(text),
        target_(target),
        diagnostics_(diagnostics),
        compared_(root),
        names_{[this](const Name& id) { return behavior(id); },
               [this](const Name& id) { return audience(id); },
               [this](std::string_view name) { return trait(name); },
               [this](std::string_view category) { return consent(category); },
               [this](const Name& id) { return stage_id(id); }},
        conditions_(builder_, names_, diagnostics, target == Target::device) {}

  EmittedProgram emit() {
    emit_header();
    if (target_ == Target::full) {
      for (const BehaviorSpec& spec : journey_.behaviors) behavior(spec.id);
      for (const AudienceSpec& spec : journey_.audiences) audience(spec.id);
      for (const PurposeSpec& spec : journey_.purposes) purpose(spec.id);
      for (const ChannelSpec& spec : journey_.channels) channel(spec.id);
    }
    emit_triggers();
    emit_definitions();
    if (needs_stages()) emit_stages();
    emit_definitions();
    emit_ranks();
    dispatch_.write(builder_);
    check_limits();
    EmittedProgram program;
    program.bytes = builder_.finish();
    program.texts = builder_.visible_texts();
    return program;
  }

 private:
  void emit_header() {
    Header& header = builder_.header;
    header.journey = builder_.string(journey_.name);
    header.journey_version = static_cast<std::uint32_t>(journey_.version);
    header.decision_id_fact = builder_.fact(Root::properties, "decisionId") + 1;
    header.trigger_fact = builder_.fact(Root::properties, "trigger") + 1;
    header.purpose_fact = builder_.fact(Root::properties, "purpose") + 1;
    header.channel_fact = builder_.fact(Root::properties, "channel") + 1;
  }

  // The id as the program shows it.
  std::uint32_t shown_id(std::string_view kind, const std::string& id, bool is_public) {
    const bool is_hidden = target_ == Target::device && !is_public;
    return builder_.string(is_hidden ? hashed_id(definition_key(kind, id)) : id);
  }

  // Names meet in states and effects as 32-bit hashes; two that meet in one hash cannot live in one journey.
  std::uint32_t unique_key(std::string_view kind, const Name& id) {
    const std::uint32_t key = definition_key(kind, id.text);
    const auto [known, is_new] = keys_.emplace(std::pair(std::string(kind), key), id.text);
    if (!is_new && known->second != id.text) {
      diagnostics_.error(id.offset, std::string(kind) + " '" + id.text + "' and '" + known->second +
                                        "' have the same hash; rename one of them");
    }
    return key;
  }

  Cap cap(std::string_view kind, const Name& id, const CapSpec& spec) {
    if (spec.times == 0) return {};
    return {spec.times, definition_key("cap of " + std::string(kind), id.text), spec.per_ms};
  }

  std::int64_t behavior(const Name& id) {
    const BehaviorSpec* spec = find_spec(journey_.behaviors, id.text);
    if (spec == nullptr) {
      diagnostics_.error(id.offset, "unknown behavior '" + id.text + "'" +
                                        did_you_mean(id.text, ids_of(journey_.behaviors)));
      return -1;
    }
    const auto [known, is_new] = behavior_indexes_.emplace(id.text, behavior_order_.size());
    if (is_new) behavior_order_.push_back(spec);
    return static_cast<std::int64_t>(known->second);
  }

  std::int64_t audience(const Name& id) {
    if (in_audience_) {
      diagnostics_.error(id.offset, "an audience cannot name another; repeat its condition here");
      return -1;
    }
    const AudienceSpec* spec = find_spec(journey_.audiences, id.text);
    if (spec == nullptr) {
      diagnostics_.error(id.offset, "unknown audience '" + id.text + "'" +
                                        did_you_mean(id.text, ids_of(journey_.audiences)));
      return -1;
    }
    const auto [known, is_new] = audience_indexes_.emplace(id.text, audience_order_.size());
    if (is_new) audience_order_.push_back(spec);
    return static_cast<std::int64_t>(known->second);
  }

  std::uint32_t trait(std::string_view name) {
    const auto [known, is_new] =
        trait_indexes_.emplace(std::string(name), static_cast<std::uint32_t>(builder_.traits.size()));
    if (is_new) {
      builder_.traits.push_back({builder_.string(name), unique_key("trait", {std::string(name), 0}),
                                 builder_.fact(Root::traits, name)});
    }
    return known->second;
  }

  std::uint32_t consent(std::string_view category) {
    const auto [known, is_new] =
        consent_indexes_.emplace(std::string(category), static_cast<std::uint32_t>(builder_.consents.size()));
    if (is_new) {
      builder_.header.consent_fact = builder_.fact(Root::context, "consent") + 1;
      builder_.consents.push_back(
          {builder_.string(category), unique_key("consent", {std::string(category), 0})});
    }
    return known->second;
  }

  std::string stage_id(const Name& id) {
    const StageSpec* spec = find_spec(journey_.stages, id.text);
    if (spec == nullptr) {
      diagnostics_.error(id.offset,
                         "unknown stage '" + id.text + "'" + did_you_mean(id.text, ids_of(journey_.stages)));
      return id.text;
    }
    return builder_.strings()[shown_id("stage", spec->id.text, spec->is_public)];
  }

  std::uint32_t purpose(const Name& id) {
    const auto [known, is_new] =
        purpose_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder_.purposes.size()));
    if (is_new) {
      const PurposeSpec* spec = find_spec(journey_.purposes, id.text);
      builder_.purposes.push_back({shown_id("purpose", id.text, false), unique_key("purpose", id),
                                   cap("purpose", id, spec == nullptr ? CapSpec{} : spec->cap)});
    }
    return known->second;
  }

  std::uint32_t channel(const Name& id) {
    const auto [known, is_new] =
        channel_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder_.channels.size()));
    if (is_new) {
      const ChannelSpec* spec = find_spec(journey_.channels, id.text);
      ChannelRecord record{builder_.string(id.text), 0,
                           cap("channel", id, spec == nullptr ? CapSpec{} : spec->cap)};
      if (spec != nullptr && !spec->consent.empty()) record.consent = consent(spec->consent.text) + 1;
      builder_.channels.push_back(record);
    }
    return known->second;
  }

  std::uint32_t slot(const Name& id) {
    const auto [known, is_new] =
        slot_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder_.slots.size()));
    if (is_new) builder_.slots.push_back({builder_.string(id.text)});
    return known->second;
  }

  // What conditions referred to is compiled after them: the nodes of one condition lie side by side.
  void emit_definitions() {
    bool found = true;
    while (found) {
      found = false;
      for (; builder_.behaviors.size() < behavior_order_.size(); found = true) {
        emit_behavior(*behavior_order_[builder_.behaviors.size()]);
      }
      for (; builder_.audiences.size() < audience_order_.size(); found = true) {
        emit_audience(*audience_order_[builder_.audiences.size()]);
      }
    }
  }

  void emit_behavior(const BehaviorSpec& spec) {
    const auto index = static_cast<std::uint32_t>(builder_.behaviors.size());
    BehaviorRecord record{};
    record.id = shown_id("behavior", spec.id.text, spec.is_public);
    record.kind = static_cast<std::uint32_t>(spec.kind);
    record.within_ms = spec.within_ms;
    record.keep = behavior_keep(spec);
    record.key = fnv1a(compact_json(text_, *spec.source), unique_key("behavior", spec.id));
    if (!spec.fact.empty()) {
      const std::size_t dot = spec.fact.text.find('.');
      const std::string head = spec.fact.text.substr(0, dot);
      const std::string rest = dot == std::string::npos ? "" : spec.fact.text.substr(dot + 1);
      if ((head != "properties" && head != "context") || rest.empty()) {
        diagnostics_.error(spec.fact.offset,
                           "a behavior reads a fact of its event, such as 'properties.revenue', not '" +
                               spec.fact.text + "'");
      } else {
        read_fact(head == "properties" ? Root::properties : Root::context, rest, record);
      }
    }
    builder_.behaviors.push_back(record);
    builder_.behaviors[index].where = conditions_.compile(spec.filter.where, FactsAllowed::of_event);
    dispatch_.add_behavior(spec.filter.event.text, index);
  }

  void read_fact(Root root, const std::string& path, BehaviorRecord& record) {
    const std::vector<std::string> keys = split_path(path);
    record.fact = builder_.fact(root, keys.front()) + 1;
    record.path = builder_.path({keys.begin() + 1, keys.end()});
  }

  // A windowed count is exact as far as conditions compare it when one time more than the largest constant is
  // kept. A device keeps no more; the collector also shows counts to people and keeps at least the default.
  std::uint32_t behavior_keep(const BehaviorSpec& spec) const {
    if (spec.within_ms == 0 || spec.kind == BehaviorKind::last) return 1;
    const std::uint32_t wanted = spec.keep != 0 ? spec.keep : kBehaviorKeepDefault;
    const double compared = std::ceil(compared_.largest(spec.id.text)) + 1;
    if (spec.kind != BehaviorKind::count || compared < 1) return wanted;
    if (compared > kBehaviorKeepMax) {
      diagnostics_.error(spec.id.offset, "behavior '" + spec.id.text + "' is compared with more than " +
                                             std::to_string(kBehaviorKeepMax - 1) +
                                             "; a window cannot keep that many");
      return kBehaviorKeepMax;
    }
    const auto needed = static_cast<std::uint32_t>(compared);
    return target_ == Target::device ? std::max(needed, spec.keep) : std::max(needed, wanted);
  }

  void emit_audience(const AudienceSpec& spec) {
    in_audience_ = true;
    const std::uint32_t node = conditions_.compile(spec.condition, FactsAllowed::of_profile);
    in_audience_ = false;
    builder_.audiences.push_back({shown_id("audience", spec.id.text, false), node - 1});
  }

  bool needs_stages() const {
    if (target_ == Target::full) return true;
    const bool named = std::any_of(builder_.nodes.begin(), builder_.nodes.end(), [](const NodeRecord& node) {
      return node.subject == static_cast<std::uint8_t>(Subject::stage) ||
             node.subject == static_cast<std::uint8_t>(Subject::stage_age);
    });
    return named || std::any_of(journey_.stages.begin(), journey_.stages.end(),
                                [](const StageSpec& stage) { return stage.is_public; });
  }

  void emit_stages() {
    for (const StageSpec& stage : journey_.stages) {
      const auto index = static_cast<std::uint32_t>(builder_.stages.size());
      builder_.stages.push_back(
          {shown_id("stage", stage.id.text, stage.is_public), unique_key("stage", stage.id)});
      for (const StageRuleSpec& rule : stage.enter) {
        // `where` and `when` of a stage are one condition: both read the moment of the event.
        const auto at = static_cast<std::uint32_t>(builder_.nodes.size());
        std::uint32_t when = 0;
        if (rule.filter.where != nullptr || rule.when != nullptr) {
          NodeRecord both{};
          both.op = static_cast<std::uint8_t>(Op::all_of);
          builder_.nodes.push_back(both);
          conditions_.compile(rule.filter.where, FactsAllowed::of_event);
          conditions_.compile(rule.when, FactsAllowed::all);
          builder_.nodes[at].end = static_cast<std::uint32_t>(builder_.nodes.size());
          when = at + 1;
        }
        dispatch_.add_stage_rule(rule.filter.event.text,
                                 static_cast<std::uint32_t>(builder_.stage_rules.size()));
        builder_.stage_rules.push_back({index, when});
      }
    }
  }

  static bool is_web(const ActionSpec& action) { return action.channel.text == "web"; }

  void emit_triggers() {
    for (const TriggerSpec& trigger : journey_.triggers) {
      const bool is_wanted =
          target_ == Target::full || std::any_of(trigger.actions.begin(), trigger.actions.end(), is_web);
      if (trigger.is_enabled && is_wanted) emit_trigger(trigger);
    }
  }

  void emit_trigger(const TriggerSpec& spec) {
    const auto index = static_cast<std::uint32_t>(builder_.triggers.size());
    TriggerRecord record{};
    record.id = shown_id("trigger", spec.id.text, spec.is_public);
    record.key = unique_key("trigger", spec.id);
    if (!spec.purpose.empty()) record.purpose = purpose(spec.purpose) + 1;
    if (!spec.promise.empty()) record.promise = shown_id("promise", spec.promise.text, false) + 1;
    record.cap = cap("trigger", spec.id, spec.cap);
    record.served_within_ms = served_within_ms(spec);
    record.wait_ms = spec.wait_ms;
    record.actions.begin = static_cast<std::uint32_t>(builder_.actions.size());
    for (const ActionSpec& action : spec.actions) {
      if (target_ == Target::device && !is_web(action)) continue;
      builder_.actions.push_back(
          {channel(action.channel), action.slot.empty() ? 0 : slot(action.slot) + 1,
           builder_.string(action.content),
           action.destination.empty() ? 0 : builder_.string(action.destination.text) + 1});
    }
    record.actions.end = static_cast<std::uint32_t>(builder_.actions.size());
    record.where = conditions_.compile(spec.filter.where, FactsAllowed::of_event);
    if (spec.wait_ms == 0) {
      record.when = conditions_.compile(spec.when, FactsAllowed::all);
    } else {
      const ConditionCompiler::Split split = conditions_.compile_split(spec.when);
      record.arm_when = split.of_event;
      record.when = split.of_profile;
    }
    builder_.triggers.push_back(record);
    trigger_specs_.push_back(&spec);
    dispatch_trigger(spec, index);
  }

  void dispatch_trigger(const TriggerSpec& spec, std::uint32_t index) {
    if (spec.wait_ms == 0) {
      std::vector<TextDemand> demands = conditions_.text_demands(spec.filter.where);
      const std::vector<TextDemand> of_when = conditions_.text_demands(spec.when);
      demands.insert(demands.end(), of_when.begin(), of_when.end());
      dispatch_.add_trigger(spec.filter.event.text, index, std::move(demands));
      return;
    }
    dispatch_.add_arm(spec.filter.event.text, index);
    if (spec.absent.event.empty()) return;
    const std::uint32_t where = conditions_.compile(spec.absent.where, FactsAllowed::of_event);
    dispatch_.add_cancel(spec.absent.event.text, static_cast<std::uint32_t>(builder_.cancels.size()));
    builder_.cancels.push_back({index, where});
  }

  std::int64_t served_within_ms(const TriggerSpec& trigger) const {
    if (trigger.purpose.empty()) return 0;
    const PurposeSpec* purpose = find_spec(journey_.purposes, trigger.purpose.text);
    const CapSpec cap = purpose == nullptr ? CapSpec{} : purpose->cap;
    if (cap.times == 1) return cap.per_ms;
    if (cap.times > 1) return 0;
    return trigger.cap.times != 0 ? trigger.cap.per_ms : kPurposeServedDefaultMs;
  }

  void emit_ranks() {
    std::vector<std::uint32_t> order(builder_.triggers.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return trigger_specs_[a]->priority > trigger_specs_[b]->priority;
    });
    for (std::uint32_t rank = 0; rank < order.size(); ++rank) {
      builder_.triggers[order[rank]].rank = rank;
      if (builder_.triggers[order[rank]].wait_ms != 0) builder_.waiting.push_back(order[rank]);
    }
    builder_.header.waits_max = static_cast<std::uint32_t>(builder_.waiting.size());
  }

  void check_limits() {
    std::vector<std::string> behavior_names;
    for (const BehaviorSpec* spec : behavior_order_) behavior_names.push_back(spec->id.text);
    std::vector<std::string> trigger_names;
    for (const TriggerSpec* spec : trigger_specs_) trigger_names.push_back(spec->id.text);
    const StateBudget budget = state_budget(builder_, behavior_names, trigger_names);
    const std::size_t limit = target_ == Target::device ? kDeviceStateBytesMax : kFullStateBytesMax;
    if (budget.bytes > limit) {
      diagnostics_.error(0, std::string("a profile's state could take ") + std::to_string(budget.bytes) +
                                " B " + (target_ == Target::device ? "on a device" : "in the collector") +
                                ", over the limit of " + std::to_string(limit) +
                                " B; the largest records are " + budget.largest);
    }
    builder_.header.state_bytes_max = static_cast<std::uint32_t>(std::min(budget.bytes, limit));
    if (builder_.slots.size() > kSlotsMax) {
      diagnostics_.error(0, "more than " + std::to_string(kSlotsMax) + " slots");
    }
    if (builder_.channels.size() > kChannelsMax) {
      diagnostics_.error(0, "more than " + std::to_string(kChannelsMax) + " channels");
    }
  }

  const Journey& journey_;
  std::string_view text_;
  Target target_;
  Diagnostics& diagnostics_;
  ComparedConstants compared_;
  ProgramBuilder builder_;
  DispatchBuilder dispatch_;
  ConditionNames names_;
  ConditionCompiler conditions_;
  bool in_audience_ = false;
  std::map<std::pair<std::string, std::uint32_t>, std::string> keys_;
  std::map<std::string, std::size_t, std::less<>> behavior_indexes_;
  std::map<std::string, std::size_t, std::less<>> audience_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> trait_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> consent_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> purpose_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> channel_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> slot_indexes_;
  std::vector<const BehaviorSpec*> behavior_order_;
  std::vector<const AudienceSpec*> audience_order_;
  std::vector<const TriggerSpec*> trigger_specs_;
};

}  // namespace

EmittedProgram emit_program(const Journey& journey, const JsonNode& root, std::string_view text,
                            Target target, Diagnostics& diagnostics) {
  return Emitter(journey, root, text, target, diagnostics).emit();
}

}  // namespace desirepath::compiler
