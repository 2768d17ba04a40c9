// Up to the first NUL a tracking plan, then an event's name up to a line's end and its payload: the plan is
// refused with a place in the text, or judges, each time alike.
#include <string>

#include "collector/ingest/json_check.hpp"
#include "collector/ingest/tracking_plan.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const auto plan = TrackingPlan::read("plan.json", input.substr(0, end));
  if (!plan) {
    fuzz::require(plan.error().code == ErrorCode::bad_configuration,
                  "a plan's mistake is one of configuration");
    fuzz::require(plan.error().message.starts_with("plan.json:"), "and has its place");
    return 0;
  }
  std::string_view rest = input.substr(std::min(end + 1, input.size()));
  const std::size_t line = std::min(rest.find('\n'), rest.size());
  const std::string_view name = rest.substr(0, line);
  const std::string payload(rest.substr(std::min(line + 1, rest.size())));
  if (!payload.empty() && (payload.front() != '{' || !is_plain_json(payload))) return 0;
  for (const EventType type : {EventType::track, EventType::page, EventType::screen, EventType::identify,
                               EventType::group, EventType::alias}) {
    const auto verdict = (*plan)->judge(type, name, payload);
    const auto again = (*plan)->judge(type, name, payload);
    fuzz::require(verdict.has_value() == again.has_value(), "a plan judges each time alike");
    if (!verdict) continue;
    fuzz::require(verdict->mode != PlanMode::allow, "a verdict is a warning or a rejection");
    fuzz::require(!verdict->field.empty() && !verdict->message.empty(), "that says what is wrong and where");
    fuzz::require(verdict->message.find('\n') == std::string::npos, "in one line");
    fuzz::require(verdict->field == again->field && verdict->message == again->message, "in the same words");
  }
  return 0;
}
