// A line of text as a condition, the next as the event's properties: refused, or it holds exactly where its
// negation does not.
#include <cstdlib>
#include <string>
#include <string_view>

#include "sdk/compiler/compile.hpp"
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"
#include "tests/tagged_json.hpp"

using namespace desirepath;

namespace {

// An event with these properties; nothing where they are none.
std::vector<std::uint8_t> event_tree(std::string_view properties) {
  compiler::Diagnostics diagnostics("event", properties);
  const auto root = compiler::parse_json(properties, diagnostics);
  if (root == nullptr) return {};
  ValueWriter writer;
  writer.open_object();
  writer.key("properties");
  tests::write_json(writer, *root);
  writer.close();
  const std::vector<std::uint8_t> tree = writer.take();
  return validated_size(tree) == tree.size() ? tree : std::vector<std::uint8_t>{};
}

std::string journey_of(const std::string& condition) {
  return R"({"schema":"desirepath/journey/1","journey":"f","version":1,
    "behaviors":{"b":{"event":"E"}},"audiences":{"a":{"behaviors.b":{"$gte":1}}},"stages":[{"id":"s","enter":{"event":"E"}}],
    "triggers":[{"id":"it","event":"E","do":[{"channel":"web","slot":"it"}],"when":)" +
         condition + R"(
    },{"id":"not","event":"E","do":[{"channel":"web","slot":"not"}],"when":{"$not":)" +
         condition + "\n}}]}";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string condition(input.substr(0, line));
  compiler::Diagnostics diagnostics("condition", condition);
  const auto root = compiler::parse_json(condition, diagnostics);
  if (root == nullptr || diagnostics.has_errors() || !root->is_object()) return 0;
  const auto tree = event_tree(input.substr(std::min(line + 1, input.size())));
  const auto result = compiler::compile_journey(journey_of(condition), "f.json");
  if (!result.journey) return 0;
  const LoadedProgram loaded = Program::load(result.journey->program);
  if (loaded.error != ProgramError::none) std::abort();
  EngineHost host(loaded.program);
  if (!tree.empty()) bind_facts(loaded.program, Value::read(tree.data()), EventType::track, host.facts());
  const Event event{1000, EventType::track, "m", "E", host.facts()};
  Outcome outcome = host.outcome();
  if (step(loaded.program, host.state(), event, Effects::recorded, outcome) != StepError::none) std::abort();
  if (outcome.decisions().size() != 1) std::abort();
  return 0;
}
