#include "tests/property/engine_run.hpp"

#include <memory>
#include <stdexcept>

#include "sdk/engine/behavior.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/model.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/trait.hpp"
#include "sdk/engine/value_writer.hpp"
#include "tests/reference/calendar.hpp"

namespace desirepath::tests {

namespace {

constexpr const char* kSessionFields[] = {"number", "pages", "events", "age"};
static_assert(std::size(kSessionFields) == static_cast<std::size_t>(format::SessionField::count_));

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
                          std::string_view channel, std::string_view slot, std::string_view reason) {
  return without_empty(Json{{"timestamp", reference::timestamp_of(time_ms)},
                            {"messageId", anchor},
                            {"trigger", trigger},
                            {"outcome", reason.empty() ? "fired" : "suppressed"},
                            {"reason", reason},
                            {"channel", channel},
                            {"slot", slot}})
      .dump();
}

std::string move_line(std::int64_t time_ms, std::string_view from, std::string_view to) {
  return without_empty(Json{{"timestamp", reference::timestamp_of(time_ms)}, {"from", from}, {"to", to}})
      .dump();
}

EngineRun::EngineRun(const Json& journey, Effects effects)
    : journey_(compiled(journey)),
      loaded_(Program::load(journey_.program)),
      effects_(effects),
      host_(std::make_unique<EngineHost>(loaded_.program)) {}

std::vector<std::string> EngineRun::happen(const Json& event) {
  ValueWriter writer;
  write(writer, event);
  const auto type = parse_event_type(event.at("type").get<std::string>()).type;
  const std::string name = type == EventType::track ? event.at("event") : event.at("type");
  const std::string message_id = event.at("messageId");
  bind_facts(program(), Value::read(writer.bytes().data()), type, host_->facts());
  const Event view{reference::parse_timestamp(event.at("timestamp")), type, message_id, name, host_->facts()};
  Outcome outcome = host_->outcome();
  error_ = step(program(), host_->state(), view, effects_, outcome);
  return lines_of(outcome);
}

std::vector<std::string> EngineRun::pass_time(std::int64_t until_ms) {
  Outcome outcome = host_->outcome();
  error_ = wake(program(), host_->state(), until_ms, effects_, outcome);
  return lines_of(outcome);
}

std::vector<std::string> EngineRun::lines_of(const Outcome& outcome) const {
  const Program& from = program();
  std::vector<std::string> lines;
  for (const Decision& decision : outcome.decisions()) {
    const format::ActionRecord& action = from.actions()[decision.action];
    const std::string_view slot =
        action.slot == 0 ? std::string_view{} : from.string(from.slots()[action.slot - 1].id);
    lines.push_back(decision_line(decision.time_ms, decision.anchor,
                                  from.string(from.triggers()[decision.trigger].id),
                                  from.string(from.channels()[action.channel].id), slot,
                                  decision.fired ? std::string_view{} : to_string(decision.reason)));
  }
  for (const StageMove& move : outcome.moves()) {
    const auto id = [&](std::uint32_t stage_plus_one) {
      return stage_plus_one == 0 ? std::string_view{} : from.string(from.stages()[stage_plus_one - 1].id);
    };
    lines.push_back(move_line(move.time_ms, id(move.from), id(move.to)));
  }
  return lines;
}

std::vector<FactReading> EngineRun::facts(std::int64_t time_ms) const {
  const Program& of = program();
  const State& state = host_->state();
  const Scope scope{of, state, nullptr, time_ms};
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
  const CurrentStage stage = current_stage(of, state);
  std::optional<Json> id;
  if (stage.known) id = Json(std::string(of.string(of.stages()[stage.stage].id)));
  facts.push_back({"stage", id});
  return facts;
}

void EngineRun::carry() {
  const std::string bytes = state_bytes();
  host_ = std::make_unique<EngineHost>(loaded_.program);
  if (!host_->adopt({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()})) {
    throw std::runtime_error("the engine refuses a state it wrote");
  }
}

std::string EngineRun::state_bytes() const {
  const auto bytes = host_->state().bytes();
  return {bytes.begin(), bytes.end()};
}

}  // namespace desirepath::tests
