#include <algorithm>
#include <map>
#include <set>

#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/object_reader.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

namespace {

constexpr std::string_view kSchema = "desirepath/journey/1";

std::string quoted(std::string_view kind, std::string_view id) {
  return std::string(kind) + " '" + std::string(id) + "'";
}

class JourneyReader {
 public:
  JourneyReader(std::string_view text, Diagnostics& diagnostics) : text_(text), diagnostics_(diagnostics) {}

  Journey read(const JsonNode& root) {
    ObjectReader reader(root, "the journey", diagnostics_);
    const Name schema = reader.required_text("schema");
    if (!schema.empty() && schema.text != kSchema) {
      diagnostics_.error(schema.offset, "unknown schema '" + schema.text + "'; this version reads '" +
                                            std::string(kSchema) + "'");
    }
    journey_.name = reader.required_text("journey").text;
    reader.required("version");
    journey_.version = reader.integer("version", 1, 1, 1000000000);
    read_review(reader.object("review"));
    for_each_definition(reader.object("identifiers"), [&](const JsonMember& m) { read_identifier(m); });
    for_each_definition(reader.object("behaviors"), [&](const JsonMember& m) { read_behavior(m); });
    for_each_definition(reader.object("audiences"), [&](const JsonMember& m) { read_audience(m); });
    for_each_definition(reader.object("purposes"), [&](const JsonMember& m) { read_purpose(m); });
    for_each_definition(reader.object("channels"), [&](const JsonMember& m) { read_channel(m); });
    for_each_definition(reader.object("destinations"), [&](const JsonMember& m) { read_destination(m); });
    for_each_item(reader.array("stages"), [&](const JsonNode& n) { read_stage(n); });
    for_each_item(reader.array("triggers"), [&](const JsonNode& n) { read_trigger(n); });
    reader.refuse("scores", "scores and tiers");
    reader.refuse("experiments", "experiments");
    reader.refuse("asks", "asks");
    reader.finish();
    check_references();
    return std::move(journey_);
  }

 private:
  template <typename Read>
  void for_each_definition(const JsonNode* node, Read read) {
    if (node == nullptr) return;
    for (const JsonMember& member : node->members) read(member);
  }

  template <typename Read>
  void for_each_item(const JsonNode* node, Read read) {
    if (node == nullptr) return;
    for (const JsonNode& item : node->items) read(item);
  }

  void read_review(const JsonNode* node) {
    if (node == nullptr) return;
    ObjectReader reader(*node, "'review'", diagnostics_);
    reader.text("owner");
    reader.duration("every");
    reader.text("reviewed");
    reader.finish();
  }

  void read_identifier(const JsonMember& member) {
    ObjectReader reader(member.value, quoted("identifier", member.key), diagnostics_);
    IdentifierDeclaration identifier;
    identifier.type = member.key;
    identifier.trait = reader.text("trait").text;
    identifier.unique = reader.flag("unique", false);
    identifier.priority = static_cast<std::int32_t>(reader.integer("priority", 100, 1, 1000));
    identifier.trusted_sources_only = reader.flag("trusted_sources_only", false);
    const Name normalize = reader.text("normalize");
    identifier.lowercase = normalize.text == "lowercase";
    if (!normalize.empty() && !identifier.lowercase) {
      diagnostics_.error(normalize.offset,
                         "unknown normalisation '" + normalize.text + "'; there is 'lowercase'");
    }
    const bool is_built_in = member.key == "userId" || member.key == "anonymousId";
    if (identifier.trait.empty() && !is_built_in) {
      diagnostics_.error(member.offset,
                         quoted("identifier", member.key) + " lacks the 'trait' that carries it");
    }
    reader.finish();
    journey_.identifiers.push_back(std::move(identifier));
  }

  EventFilter read_filter(ObjectReader& reader) {
    EventFilter filter;
    filter.event = reader.required_text("event");
    filter.where = reader.object("where");
    return filter;
  }

  EventFilter read_filter(const JsonNode& node, const std::string& what) {
    ObjectReader reader(node, what, diagnostics_);
    EventFilter filter = read_filter(reader);
    reader.finish();
    return filter;
  }

  void read_behavior(const JsonMember& member) {
    ObjectReader reader(member.value, quoted("behavior", member.key), diagnostics_);
    BehaviorSpec behavior;
    behavior.id = {member.key, member.offset};
    behavior.source = &member.value;
    if (member.value.find("sequence") != nullptr) {
      reader.refuse("sequence", "sequences of events");
      return;
    }
    for (const std::string_view kind : {"min", "max", "first", "distinct", "affinity"}) {
      reader.refuse(kind, "behaviors count, sum or remember the last");
    }
    behavior.filter = read_filter(reader);
    const Name sum = reader.text("sum");
    const Name last = reader.text("last");
    if (!sum.empty() && !last.empty()) {
      diagnostics_.error(last.offset, reader.what() + " has both 'sum' and 'last'");
    }
    if (!sum.empty()) behavior.kind = format::BehaviorKind::sum;
    if (!last.empty()) behavior.kind = format::BehaviorKind::last;
    behavior.fact = sum.empty() ? last : sum;
    behavior.within_ms = reader.duration("within");
    behavior.keep = static_cast<std::uint32_t>(reader.integer("keep", 0, 1, kBehaviorKeepMax));
    behavior.is_public = reader.flag("public", false);
    reader.finish();
    journey_.behaviors.push_back(std::move(behavior));
  }

  void read_audience(const JsonMember& member) {
    AudienceSpec audience;
    audience.id = {member.key, member.offset};
    audience.condition = &member.value;
    if (!member.value.is_object()) {
      diagnostics_.error(member.value.offset, quoted("audience", member.key) + " must be a condition, not " +
                                                  name_of(member.value.kind));
      return;
    }
    journey_.audiences.push_back(std::move(audience));
  }

  void read_purpose(const JsonMember& member) {
    ObjectReader reader(member.value, quoted("purpose", member.key), diagnostics_);
    journey_.purposes.push_back({{member.key, member.offset}, reader.cap("cap")});
    reader.text("owner");
    reader.finish();
  }

  void read_channel(const JsonMember& member) {
    ObjectReader reader(member.value, quoted("channel", member.key), diagnostics_);
    ChannelSpec channel;
    channel.id = {member.key, member.offset};
    channel.cap = reader.cap("cap");
    channel.consent = reader.text("consent");
    reader.text("owner");
    reader.refuse("quiet", "quiet hours");
    reader.finish();
    journey_.channels.push_back(std::move(channel));
  }

  void read_destination(const JsonMember& member) {
    ObjectReader reader(member.value, quoted("destination", member.key), diagnostics_);
    const Name type = reader.required_text("type");
    if (!type.empty() && type.text != "webhook") {
      diagnostics_.error(type.offset, "unknown destination type '" + type.text + "'; there is 'webhook'");
    }
    reader.required_text("url");
    reader.text("secret");
    reader.finish();
    diagnostics_.warning(member.offset,
                         quoted("destination", member.key) +
                             ": this version delivers nothing; decisions for it stay in the history");
    destinations_.insert(member.key);
  }

  std::string id_of(const JsonNode& node, const char* kind, std::set<std::string>& taken) {
    const JsonNode* id = node.find("id");
    if (id == nullptr || !id->is_string() || id->text.empty()) return {};
    if (id->text.find('~') != std::string::npos || id->text.front() == '#') {
      diagnostics_.error(id->offset, "an id must not contain '~' nor begin with '#'");
    }
    if (!taken.insert(id->text).second) {
      diagnostics_.error(id->offset, quoted(kind, id->text) + " is declared twice");
    }
    return id->text;
  }

  void read_stage(const JsonNode& node) {
    const std::string id = id_of(node, "stage", stage_ids_);
    ObjectReader reader(node, id.empty() ? "a stage" : quoted("stage", id), diagnostics_);
    StageSpec stage;
    stage.id = reader.required_text("id");
    for (const char* key : {"owner", "intent"}) {
      if (reader.text(key).empty()) diagnostics_.warning(node.offset, reader.what() + " lacks '" + key + "'");
    }
    read_kpis(reader, node);
    read_entries(reader, stage);
    reader.texts("touchpoints");
    reader.duration("stuck_after");
    stage.expected_next = reader.texts("expected_next");
    stage.is_public = reader.flag("public", false);
    reader.refuse("exit", "stages are left by entering another");
    reader.finish();
    if (stage.enter.empty() && node.is_object()) {
      diagnostics_.warning(node.offset, reader.what() + " cannot be reached: it has no 'enter'");
    }
    journey_.stages.push_back(std::move(stage));
  }

  void read_entries(ObjectReader& reader, StageSpec& stage) {
    const JsonNode* enter = reader.member("enter");
    if (enter == nullptr) return;
    std::vector<const JsonNode*> rules;
    if (enter->is_array()) {
      for (const JsonNode& rule : enter->items) rules.push_back(&rule);
    } else {
      rules.push_back(enter);
    }
    for (const JsonNode* rule : rules) {
      ObjectReader entry(*rule, "'enter' of " + reader.what(), diagnostics_);
      StageRuleSpec spec;
      spec.filter = read_filter(entry);
      spec.when = entry.object("when");
      entry.finish();
      stage.enter.push_back(spec);
    }
  }

  void read_kpis(ObjectReader& stage, const JsonNode& node) {
    const JsonNode* kpis = stage.array("kpis");
    if (kpis == nullptr || kpis->items.empty()) {
      diagnostics_.warning(node.offset, stage.what() + " lacks a KPI ('kpis')");
      return;
    }
    for (const JsonNode& kpi : kpis->items) {
      ObjectReader reader(kpi, "a KPI of " + stage.what(), diagnostics_);
      const Name id = reader.required_text("id");
      const Name formula = reader.required_text("formula");
      const JsonNode* target = reader.member("target");
      if (target != nullptr && !target->is_number())
        diagnostics_.error(target->offset, "'target' must be a number");
      if (const JsonNode* benchmark = reader.object("benchmark")) read_benchmark(*benchmark);
      reader.finish();
      const auto [known, is_new] = kpi_formulas_.emplace(id.text, formula.text);
      if (!is_new && known->second != formula.text) {
        diagnostics_.error(formula.offset, "KPI '" + id.text + "' has two formulas: '" + known->second +
                                               "' and '" + formula.text + "'");
      }
    }
  }

  void read_benchmark(const JsonNode& node) {
    ObjectReader reader(node, "a benchmark", diagnostics_);
    reader.member("value");
    reader.text("source");
    reader.text("date");
    reader.finish();
  }

  void read_trigger(const JsonNode& node) {
    const std::string id = id_of(node, "trigger", trigger_ids_);
    ObjectReader reader(node, id.empty() ? "a trigger" : quoted("trigger", id), diagnostics_);
    TriggerSpec trigger;
    trigger.id = reader.required_text("id");
    read_occasion(reader, trigger);
    trigger.when = reader.object("when");
    trigger.purpose = reader.text("purpose");
    trigger.promise = reader.text("promise");
    trigger.cap = reader.cap("cap");
    trigger.priority = static_cast<std::int32_t>(reader.integer("priority", 0, -1000000, 1000000));
    trigger.is_enabled = reader.flag("enabled", true);
    trigger.is_public = reader.flag("public", false);
    reader.text("owner");
    reader.text("description");
    read_outcome(reader, node);
    for (const std::string_view key : {"group", "freshness", "schedule"})
      reader.refuse(key, "triggers on events");
    const JsonNode* actions = reader.array("do");
    if (node.is_object() && (actions == nullptr || actions->items.empty())) {
      diagnostics_.error(node.offset, reader.what() + " lacks 'do', the list of what it says and where");
    }
    for_each_item(actions, [&](const JsonNode& action) { read_action(action, reader.what(), trigger); });
    reader.finish();
    journey_.triggers.push_back(std::move(trigger));
  }

  // `event` (with `where`), `on: {event, where}`, or `after … absent … for`.
  void read_occasion(ObjectReader& reader, TriggerSpec& trigger) {
    const JsonNode* on = reader.object("on");
    const JsonNode* after = reader.object("after");
    const JsonNode* absent = reader.object("absent");
    const Name event = reader.text("event");
    const JsonNode* where = reader.object("where");
    trigger.wait_ms = reader.duration("for");
    const int occasions = (on != nullptr) + (after != nullptr) + !event.empty();
    if (occasions != 1) {
      diagnostics_.error(reader.offset(), reader.what() + " needs exactly one of 'event', 'on' and 'after'");
      return;
    }
    if (on != nullptr) trigger.filter = read_filter(*on, "'on' of " + reader.what());
    if (after != nullptr) trigger.filter = read_filter(*after, "'after' of " + reader.what());
    if (!event.empty()) trigger.filter = {event, where};
    if (event.empty() && where != nullptr) {
      diagnostics_.error(where->offset, "'where' belongs beside its event");
    }
    if (absent != nullptr) trigger.absent = read_filter(*absent, "'absent' of " + reader.what());
    if (after != nullptr && trigger.wait_ms == 0) {
      diagnostics_.error(after->offset,
                         reader.what() + " waits 'after' an event but does not say 'for' how long");
    }
    if (after == nullptr && (absent != nullptr || trigger.wait_ms != 0)) {
      diagnostics_.error(reader.offset(), reader.what() + " has 'absent' or 'for' without 'after'");
    }
  }

  void read_outcome(ObjectReader& trigger, const JsonNode& node) {
    const JsonNode* outcome = trigger.object("outcome");
    if (outcome == nullptr) {
      diagnostics_.warning(node.offset,
                           trigger.what() + " lacks an 'outcome': nobody will know whether it helps");
      return;
    }
    ObjectReader reader(*outcome, "'outcome' of " + trigger.what(), diagnostics_);
    const Name behavior = reader.required_text("behavior");
    reader.duration("within");
    reader.finish();
    outcomes_.push_back(behavior);
  }

  void read_action(const JsonNode& node, const std::string& trigger_what, TriggerSpec& trigger) {
    ObjectReader reader(node, "an action of " + trigger_what, diagnostics_);
    ActionSpec action;
    action.channel = reader.required_text("channel");
    action.slot = reader.text("slot");
    action.destination = reader.text("destination");
    const JsonNode* content = reader.object("content");
    action.content = content == nullptr ? "{}" : compact_json(text_, *content);
    action.content_offset = content == nullptr ? node.offset : content->offset;
    reader.finish();
    if (action.channel.text == "web" && action.slot.empty()) {
      diagnostics_.error(node.offset, "an action on channel 'web' of " + trigger_what + " lacks its 'slot'");
    }
    if (action.channel.text != "web" && !action.slot.empty()) {
      diagnostics_.error(action.slot.offset, "only actions on channel 'web' have a 'slot'");
    }
    if (!action.destination.empty() && destinations_.find(action.destination.text) == destinations_.end()) {
      diagnostics_.error(action.destination.offset,
                         "unknown destination '" + action.destination.text + "'" +
                             did_you_mean(action.destination.text, names(destinations_)));
    }
    trigger.actions.push_back(std::move(action));
  }

  static std::vector<std::string> names(const std::set<std::string>& ids) { return {ids.begin(), ids.end()}; }

  void check_references() {
    for (const StageSpec& stage : journey_.stages) {
      for (const Name& next : stage.expected_next) {
        if (stage_ids_.count(next.text) != 0) continue;
        diagnostics_.error(next.offset,
                           "unknown stage '" + next.text + "'" + did_you_mean(next.text, names(stage_ids_)));
      }
    }
    std::vector<std::string> behaviors;
    for (const BehaviorSpec& behavior : journey_.behaviors) behaviors.push_back(behavior.id.text);
    for (const Name& outcome : outcomes_) {
      if (outcome.empty() || std::find(behaviors.begin(), behaviors.end(), outcome.text) != behaviors.end())
        continue;
      diagnostics_.error(outcome.offset,
                         "unknown behavior '" + outcome.text + "'" + did_you_mean(outcome.text, behaviors));
    }
    check_promises();
  }

  void check_promises() {
    std::map<std::string, Name> promise_of_purpose;
    for (const TriggerSpec& trigger : journey_.triggers) {
      if (trigger.purpose.empty() || trigger.promise.empty()) continue;
      const auto [known, is_new] = promise_of_purpose.emplace(trigger.purpose.text, trigger.promise);
      if (is_new || known->second.text == trigger.promise.text) continue;
      diagnostics_.warning(trigger.promise.offset, "purpose '" + trigger.purpose.text + "' promises both '" +
                                                       known->second.text + "' and '" + trigger.promise.text +
                                                       "'");
    }
  }

  std::string_view text_;
  Diagnostics& diagnostics_;
  Journey journey_;
  std::set<std::string> stage_ids_;
  std::set<std::string> trigger_ids_;
  std::set<std::string> destinations_;
  std::map<std::string, std::string> kpi_formulas_;
  std::vector<Name> outcomes_;
};

}  // namespace

Journey read_journey(const JsonNode& root, std::string_view text, Diagnostics& diagnostics) {
  return JourneyReader(text, diagnostics).read(root);
}

}  // namespace desirepath::compiler
