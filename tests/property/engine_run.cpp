#include "tests/property/engine_run.hpp"

#include <map>
#include <memory>
#include <stdexcept>

#include "sdk/engine/ask.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/context.hpp"
#include "sdk/engine/effect_gate.hpp"
#include "sdk/engine/effect_list.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/model.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/takeover.hpp"
#include "sdk/engine/trait.hpp"
#include "sdk/engine/value_writer.hpp"
#include "tests/property/random_zones.hpp"
#include "tests/reference/calendar.hpp"

namespace desirepath::tests {

namespace {

constexpr const char* kSessionFields[] = {"number", "pages", "events", "age"};
static_assert(std::size(kSessionFields) == static_cast<std::size_t>(format::SessionField::count_));

constexpr const char* kContextFacts[] = {"campaign.name",    "campaign.source",  "campaign.medium",
                                         "campaign.term",    "campaign.content", "campaign.click_id",
                                         "device.type",      "device.os",        "device.locale",
                                         "session.referrer", "session.landing",  "session.engaged"};
static_assert(std::size(kContextFacts) == static_cast<std::size_t>(format::ContextField::count_));

constexpr std::int64_t kMinuteMs = 60 * 1000;

// The made-up zones as the engine wants them.
class HandedZones {
 public:
  HandedZones() {
    for (const auto& [name, changes] : made_up_zones()) {
      for (const reference::ZoneChange& change : changes) {
        changes_[name].push_back({static_cast<std::int32_t>(change.at / kMinuteMs), change.offset_minutes});
      }
      zones_.push_back({name, 0, changes_[name]});
    }
  }
  ZoneTable table() const { return zones_; }

 private:
  std::map<std::string, std::vector<OffsetChange>> changes_;
  std::vector<ZoneRules> zones_;
};

ZoneTable handed_zones() {
  static const HandedZones kZones;
  return kZones.table();
}

void write(ValueWriter& writer, const Json& value) {
  if (value.is_null()) writer.null();
  if (value.is_boolean()) writer.boolean(value.get<bool>());
  if (value.is_number()) writer.number(value.get<double>());
  if (value.is_string()) writer.string(value.get<std::string>());
  if (!value.is_structured()) return;
  value.is_array() ? writer.open_array() : writer.open_object();
  for (const auto& [key, inner] : value.items()) {
    if (value.is_object()) writer.key(key);
    write(writer, inner);
  }
  writer.close();
}

std::optional<Json> json_of(const Value& value) {
  if (value.is_missing()) return std::nullopt;
  if (value.is_null()) return Json(nullptr);
  if (value.is_boolean()) return Json(value.boolean());
  if (value.is_number()) return Json(value.number());
  if (value.is_string()) return Json(std::string(value.text()));
  Json items = Json::array();
  ValueCursor cursor(value);
  while (cursor.next()) items.push_back(json_of(cursor.value()).value());
  return items;
}

compiler::CompiledJourney compiled(const Json& journey) {
  compiler::CompileResult result = compiler::compile_journey(journey.dump(), "journey.json");
  if (result.journey) return std::move(*result.journey);
  std::string mistakes = journey.dump(1);
  for (const auto& diagnostic : result.diagnostics) mistakes += "\n" + to_string(diagnostic);
  throw std::runtime_error(mistakes);
}

Json without_empty(Json line) {
  for (auto member = line.begin(); member != line.end();) {
    member = *member == "" ? line.erase(member) : std::next(member);
  }
  return line;
}

}  // namespace

std::string decision_line(std::int64_t time_ms, std::string_view anchor, std::string_view trigger,
                          std::string_view channel, std::string_view slot, std::string_view reason,
                          std::string_view treatment) {
  return without_empty(Json{{"timestamp", reference::timestamp_of(time_ms)},
                            {"messageId", anchor},
                            {"trigger", trigger},
                            {"outcome", reason.empty() ? "fired" : "suppressed"},
                            {"reason", reason},
                            {"channel", channel},
                            {"slot", slot},
                            {"treatment", treatment}})
      .dump();
}

std::string assignment_line(std::int64_t time_ms, std::string_view experiment, std::string_view treatment,
                            bool is_held_out, std::string_view unit) {
  return Json{{"timestamp", reference::timestamp_of(time_ms)},
              {"experiment", experiment},
              {"assigned", treatment},
              {"holdout", is_held_out},
              {"unit", unit}}
      .dump();
}

std::string move_line(std::int64_t time_ms, std::string_view from, std::string_view to) {
  return without_empty(Json{{"timestamp", reference::timestamp_of(time_ms)}, {"from", from}, {"to", to}})
      .dump();
}

EngineRun::EngineRun(const Json& journey, Effects effects, Target target)
    : journey_(compiled(journey)),
      loaded_(Program::load(target == Target::full ? journey_.program : journey_.device_program)),
      effects_(effects),
      host_(std::make_unique<EngineHost>(loaded_.program)) {}

Event EngineRun::bound(const Json& event) {
  ValueWriter writer;
  write(writer, event);
  facts_ = writer.take();
  const auto type = parse_event_type(event.at("type").get<std::string>()).type;
  name_ = type == EventType::track ? event.at("event") : event.at("type");
  message_id_ = event.at("messageId");
  bind_facts(program(), Value::read(facts_.data()), type, host_->facts());
  return {time_of(event), type, message_id_, name_, host_->facts()};
}

std::vector<std::string> EngineRun::happen(const Json& event) {
  std::vector<std::string> lines;
  const auto take = [&](const Outcome& outcome) { add_lines(lines, outcome); };
  error_ = host_->step(bound(event), effects_, take, handed_zones());
  return lines;
}

void EngineRun::learn(const Json& event) {
  error_ = backfill(program(), host_->state(), bound(event), handed_zones());
}

bool EngineRun::take_over(const EngineRun& before, std::int64_t at_ms) {
  return desirepath::take_over(program(), host_->state(), before.program(), before.host_->state(), at_ms);
}

std::vector<std::string> EngineRun::pass_time(std::int64_t until_ms) {
  std::vector<std::string> lines;
  const auto take = [&](const Outcome& outcome) { add_lines(lines, outcome); };
  error_ = host_->wake(until_ms, effects_, take, handed_zones());
  return lines;
}

void EngineRun::add_lines(std::vector<std::string>& lines, const Outcome& outcome) const {
  const Program& from = program();
  const auto text_of = [&](std::uint32_t string_plus_one) {
    return string_plus_one == 0 ? std::string_view{} : from.string(string_plus_one - 1);
  };
  for (const Decision& decision : outcome.decisions()) {
    const format::ActionRecord& action = from.actions()[decision.action];
    const std::string_view slot =
        action.slot == 0 ? std::string_view{} : from.string(from.slots()[action.slot - 1].id);
    lines.push_back(decision_line(
        decision.time_ms, decision.anchor, from.string(from.triggers()[decision.trigger].id),
        from.string(from.channels()[action.channel].id), slot,
        decision.fired ? std::string_view{} : to_string(decision.reason), text_of(decision.treatment)));
  }
  for (const StageMove& move : outcome.moves()) {
    const auto id = [&](std::uint32_t stage_plus_one) {
      return stage_plus_one == 0 ? std::string_view{} : from.string(from.stages()[stage_plus_one - 1].id);
    };
    lines.push_back(move_line(move.time_ms, id(move.from), id(move.to)));
  }
  for (const Assignment& assignment : outcome.assignments()) {
    lines.push_back(assignment_line(assignment.time_ms,
                                    from.string(from.experiments()[assignment.experiment].id),
                                    text_of(assignment.treatment), assignment.is_held_out, assignment.unit));
  }
}

std::vector<FactReading> EngineRun::facts(std::int64_t time_ms) const {
  const Program& of = program();
  const State& state = host_->state();
  const Scope scope{of, state, nullptr, time_ms, handed_zones()};
  std::vector<FactReading> facts;
  const auto name = [&](const char* kind, std::uint32_t id) { return kind + std::string(of.string(id)); };
  for (std::uint32_t i = 0; i < of.behaviors().size(); ++i) {
    const BehaviorReading reading = read_behavior(of, state, i, time_ms);
    facts.push_back({name("behaviors.", of.behaviors()[i].id), json_of(reading.value), reading.inexact});
  }
  for (std::uint32_t i = 0; i < of.audiences().size(); ++i) {
    const format::AudienceRecord& audience = of.audiences()[i];
    facts.push_back({name("audiences.", audience.id), Json(holds(scope, audience.when))});
  }
  for (std::uint32_t i = 0; i < of.traits().size(); ++i) {
    facts.push_back({name("traits.", of.traits()[i].name), json_of(trait_value(of, state, i))});
  }
  for (std::uint32_t i = 0; i < of.consents().size(); ++i) {
    facts.push_back({name("consent.", of.consents()[i].category), json_of(consent_value(of, state, i))});
  }
  for (std::uint32_t i = 0; of.header().uses_session != 0 && i < std::size(kSessionFields); ++i) {
    const Value value = session_value(state, static_cast<format::SessionField>(i), time_ms);
    facts.push_back({std::string("session.") + kSessionFields[i], json_of(value)});
  }
  for (std::uint32_t i = 0; i < of.scores().size(); ++i) {
    facts.push_back({name("scores.", of.scores()[i].id), Json(read_score(of, state, i, time_ms))});
    facts.push_back({name("tiers.", of.scores()[i].id), json_of(read_tier(of, state, i, time_ms))});
  }
  for (std::uint32_t i = 0; i < of.models().size(); ++i) {
    facts.push_back({name("propensity.", of.models()[i].id), json_of(read_propensity(scope, i))});
  }
  for (std::uint32_t i = 0; i < std::size(kContextFacts); ++i) {
    if ((of.header().uses_context >> i & 1) == 0) continue;
    const Value value = context_value(state, static_cast<format::ContextField>(i));
    facts.push_back({kContextFacts[i], json_of(value)});
  }
  for (std::uint32_t i = 0; i < of.asks().size(); ++i) {
    const std::uint32_t times = times_asked(of, state, i, time_ms);
    const format::AskRecord& ask = of.asks()[i];
    facts.push_back({name("asked.", ask.field), Json(times), ask.cap.times != 0 && times >= ask.keep});
  }
  for (std::uint32_t i = 0; i < of.experiments().size(); ++i) {
    const Place place = read_place(of, state, i);
    std::optional<Json> value;
    if (place.is_assigned) {
      value = Json{{"treatment", of.string(of.cells()[place.cell].treatment)},
                   {"holdout", place.is_held_out},
                   {"crossed", place.is_crossed}};
    }
    facts.push_back({name("experiments.", of.experiments()[i].id), value});
  }
  if (of.stages().size() == 0) return facts;
  const CurrentStage stage = current_stage(of, state);
  std::optional<Json> id;
  if (stage.known) id = Json(std::string(of.string(of.stages()[stage.stage].id)));
  facts.push_back({"stage", id});
  return facts;
}

std::string EngineRun::next_ask(std::int64_t time_ms) const {
  const Scope scope{program(), host_->state(), nullptr, time_ms, handed_zones()};
  const std::int64_t ask = desirepath::next_ask(scope);
  return ask < 0 ? ""
                 : std::string(program().string(program().asks()[static_cast<std::uint32_t>(ask)].field));
}

EngineRun::GateAnswer EngineRun::gate(std::uint32_t trigger, std::uint32_t action, std::string_view anchor,
                                      std::int64_t time_ms, std::int64_t now_ms) const {
  const State& state = host_->state();
  const Scope scope{program(), state, nullptr, now_ms, handed_zones()};
  const format::TriggerRecord& record = program().triggers()[trigger];
  const std::uint32_t index = record.actions.begin + action;
  const Reason reason = reason_to_stop(scope, {trigger, index, anchor, time_ms});
  const auto is_full = [&](const format::Cap& cap) {
    return EffectList(state, cap.key, Family::effects).size() >= cap.times + kOpenReservationsMax;
  };
  bool may_forget = false;
  if (reason == Reason::cap_trigger) may_forget = is_full(record.cap);
  if (reason == Reason::cap_purpose) may_forget = is_full(program().purposes()[record.purpose - 1].cap);
  if (reason == Reason::cap_channel) {
    may_forget = is_full(program().channels()[program().actions()[index].channel].cap);
  }
  return {std::string(to_string(reason)), may_forget};
}

void EngineRun::carry() {
  const std::string bytes = state_bytes();
  host_ = std::make_unique<EngineHost>(loaded_.program);
  if (!host_->adopt({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}).ok) {
    throw std::runtime_error("the engine refuses a state it wrote");
  }
}

std::string EngineRun::state_bytes() const {
  const auto bytes = host_->state().bytes();
  return {bytes.begin(), bytes.end()};
}

}  // namespace desirepath::tests
