#include <cstdio>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/decision_log.hpp"
#include "collector/cli/event_file.hpp"
#include "collector/cli/journey_file.hpp"
#include "collector/fold/time_zones.hpp"
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"

namespace desirepath::collector::cli {

namespace {

constexpr std::string_view kName = "run";
constexpr OptionSpec kOptions[] = {{"--effects", true, false}, {"--help", false, false}};
constexpr std::size_t kPrintedBytes = 1 << 16;

constexpr const char* kHelp =
    "usage: desirepath run JOURNEY.json EVENTS.jsonl [--effects recorded]\n\n"
    "Folds the events of each profile in order and prints the decision log as JSON lines. A fired decision "
    "counts as\n"
    "shown at once. Exit code 1 when a line of the file could not be used.\n\n"
    "  --effects recorded   only the exposures and deliveries in the file count\n";

void print(std::string& out) {
  std::fwrite(out.data(), 1, out.size(), stdout);
  out.clear();
}

Result<void> fold(const Program& program, const EventFile& file, Effects effects) {
  EngineHost host(program);
  const TimeZones zones;
  std::string out;
  const std::string* profile = nullptr;
  for (const FileEvent& event : file.events) {
    if (profile == nullptr || *profile != event.profile) host.state().reset();
    profile = &event.profile;
    bind_facts(program, Value::read(event.tree.data()), event.type, host.facts());
    const Event view{event.timestamp_ms, event.type, event.message_id, event.name, host.facts()};
    const StepError error = host.step(
        view, effects,
        [&](const Outcome& outcome) {
          for (const Decision& decision : outcome.decisions()) {
            append_decision_line(out, event.profile, program, decision);
          }
        },
        zones.of(program, host.state(), view));
    if (error != StepError::none) {
      return failure(ErrorCode::bad_journey, "the state of profile " + event.profile + " is full");
    }
    if (out.size() > kPrintedBytes) print(out);
  }
  print(out);
  return {};
}

}  // namespace

int run_command(Words words) {
  const Result<Arguments> arguments = Arguments::parse(words, kOptions);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  if (arguments->positionals().size() != 2) return fail(kName, "name a journey file and a file of events");
  const std::string effects = arguments->value_or("--effects", "at_once");
  if (effects != "recorded" && effects != "at_once")
    return fail(kName, "--effects is 'recorded' or left out");

  const Result<compiler::CompiledJourney> journey = read_journey_file(arguments->positionals()[0]);
  if (!journey) {
    std::fprintf(stderr, "%s\n", journey.error().message.c_str());
    return 1;
  }
  const Result<EventFile> file = read_event_file(arguments->positionals()[1]);
  if (!file) return fail(kName, file.error().message);
  for (const std::string& mistake : file->mistakes) std::fprintf(stderr, "%s\n", mistake.c_str());

  const LoadedProgram loaded = Program::load(journey->program);
  const Result<void> folded =
      fold(loaded.program, *file, effects == "recorded" ? Effects::recorded : Effects::at_once);
  if (!folded) return fail(kName, folded.error().message);
  return file->mistakes.empty() ? 0 : 1;
}

}  // namespace desirepath::collector::cli
