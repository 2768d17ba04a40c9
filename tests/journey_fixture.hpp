// Compiles journeys and steps single profiles, for tests of the engine and the compiler.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/compile.hpp"
#include "sdk/compiler/json_source.hpp"
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"
#include "sdk/engine/value_writer.hpp"
#include "tests/tagged_json.hpp"

namespace desirepath::tests {

inline std::string all_of(const std::vector<compiler::Diagnostic>& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) text += to_string(diagnostic) + "\n";
  return text;
}

inline compiler::CompiledJourney compile(std::string_view definitions) {
  const std::string text =
      R"({"schema":"desirepath/journey/1","journey":"t","version":1,)" + std::string(definitions) + "}";
  compiler::CompileResult result = compiler::compile_journey(text, "journey.json");
  REQUIRE_MESSAGE(result.journey.has_value(), all_of(result.diagnostics));
  return std::move(*result.journey);
}

// A property by name; text, number or boolean.
struct Property {
  std::string key;
  enum { text, number, boolean } kind;
  std::string text_value;
  double number_value = 0;

  Property(std::string k, const char* v) : key(std::move(k)), kind(text), text_value(v) {}
  Property(std::string k, double v) : key(std::move(k)), kind(number), number_value(v) {}
  Property(std::string k, bool v) : key(std::move(k)), kind(boolean), number_value(v ? 1 : 0) {}
};

inline std::vector<std::uint8_t> event_tree(const std::string& root,
                                            const std::vector<Property>& properties) {
  ValueWriter writer;
  writer.open_object();
  writer.key(root);
  writer.open_object();
  for (const Property& property : properties) {
    writer.key(property.key);
    if (property.kind == Property::text) writer.string(property.text_value);
    if (property.kind == Property::number) writer.number(property.number_value);
    if (property.kind == Property::boolean) writer.boolean(property.number_value != 0);
  }
  writer.close();
  writer.close();
  return writer.take();
}

// The tagged value of a JSON text.
inline std::vector<std::uint8_t> json_tree(const std::string& json) {
  compiler::Diagnostics diagnostics("event.json", json);
  const auto node = compiler::parse_json(json, diagnostics);
  REQUIRE(node != nullptr);
  ValueWriter writer;
  write_json(writer, *node);
  return writer.take();
}

// One profile under one journey.
class Profile {
 public:
  explicit Profile(std::string_view definitions)
      : journey_(compile(definitions)), loaded_(Program::load(journey_.program)), host_(loaded_.program) {
    REQUIRE(loaded_.error == ProgramError::none);
  }

  // Tracks an event and returns the log of it: "trigger:reason" or "trigger:fired", joined by spaces.
  std::string track(std::int64_t time_ms, const std::string& message_id, const std::string& name,
                    const std::vector<Property>& properties = {}) {
    return send(time_ms, message_id, EventType::track, name, event_tree("properties", properties));
  }
  std::string identify(std::int64_t time_ms, const std::string& message_id,
                       const std::vector<Property>& traits) {
    return send(time_ms, message_id, EventType::identify, "identify", event_tree("traits", traits));
  }
  // Tracks an event with a JSON text as its context.
  std::string track_in(std::int64_t time_ms, const std::string& message_id, const std::string& name,
                       const std::string& context) {
    return send(time_ms, message_id, EventType::track, name, json_tree(R"({"context":)" + context + "}"));
  }
  std::string page_in(std::int64_t time_ms, const std::string& message_id, const std::string& context) {
    return send(time_ms, message_id, EventType::page, "page", json_tree(R"({"context":)" + context + "}"));
  }
  std::string send(std::int64_t time_ms, const std::string& message_id, EventType type,
                   const std::string& name, const std::vector<std::uint8_t>& tree) {
    bind_facts(loaded_.program, Value::read(tree.data()), type, host_.facts());
    const Event event{time_ms, type, message_id, name, host_.facts()};
    Log log;
    last_error = host_.step(
        event, effects, [&](const Outcome& outcome) { add_to(log, outcome); }, zones);
    return finished(log);
  }
  std::string wake(std::int64_t now_ms) {
    Log log;
    last_error = host_.wake(
        now_ms, effects, [&](const Outcome& outcome) { add_to(log, outcome); }, zones);
    return finished(log);
  }

  const Program& program() const { return loaded_.program; }
  EngineHost& host() { return host_; }
  State& state() { return host_.state(); }
  std::vector<std::uint8_t> bytes() { return {state().bytes().begin(), state().bytes().end()}; }

  Effects effects = Effects::at_once;
  std::vector<ZoneRules> zones;  // that the host knows
  StepError last_error = StepError::none;
  std::string last_move;    // "from>to" of the last step
  int last_parts = 0;       // in how many parts its outcome came
  std::string last_anchor;  // of the last decision of the last step

 private:
  struct Log {
    std::string decisions;
    std::string move;
    std::string anchor;
    int parts = 0;
  };

  void add_to(Log& log, const Outcome& outcome) const {
    for (const Decision& decision : outcome.decisions()) {
      if (!log.decisions.empty()) log.decisions += ' ';
      log.decisions +=
          std::string(loaded_.program.string(loaded_.program.triggers()[decision.trigger].id)) + ':';
      log.decisions += decision.fired ? "fired" : to_string(decision.reason);
    }
    if (!outcome.decisions().empty()) log.anchor = outcome.decisions().back().anchor;
    for (const StageMove& move : outcome.moves()) {
      log.move = stage_name(move.from) + ">" + stage_name(move.to);
    }
    ++log.parts;
  }

  std::string finished(const Log& log) {
    last_move = log.move;
    last_parts = log.parts;
    last_anchor = log.anchor;
    return log.decisions;
  }

  std::string stage_name(std::uint32_t stage_plus_one) const {
    if (stage_plus_one == 0) return "";
    return std::string(loaded_.program.string(loaded_.program.stages()[stage_plus_one - 1].id));
  }

  compiler::CompiledJourney journey_;
  LoadedProgram loaded_;
  EngineHost host_;
};

inline constexpr std::int64_t kMinute = 60 * 1000;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;
inline constexpr std::int64_t kStart = 1767225600000;  // 2026-01-01

}  // namespace desirepath::tests
