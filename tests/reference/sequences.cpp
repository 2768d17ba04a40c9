#include "tests/reference/sequences.hpp"

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"

namespace desirepath::reference {

namespace {

bool matches_any(const Moment& moment, const std::vector<Json>& filters) {
  for (const Json& filter : filters) {
    if (matches(moment, filter)) return true;
  }
  return false;
}

}  // namespace

std::size_t completed_sequences(const Moment& moment, const Json& behavior) {
  const auto steps = behavior.at("sequence").get<std::vector<Json>>();
  const Time window = duration_of(behavior, "within");
  // Of the matches that have come as far as a step, the latest start.
  std::vector<std::optional<Time>> starts(steps.size());
  std::size_t completed = 0;
  for (const Happening& event : moment.history.events) {
    const Moment then{moment.history, &event, event.time};
    if (matches_any(then, one_or_more(behavior, "not_between"))) starts.assign(steps.size(), std::nullopt);
    for (std::size_t step = steps.size(); step-- > 0;) {
      if (!matches(then, steps[step])) continue;
      if (step == 0) starts[0] = event.time;
      if (step == 0 || !starts[step - 1]) continue;
      starts[step] = starts[step - 1];
      const bool is_in_time = window == 0 || *starts[step] > event.time - window;
      if (step + 1 < steps.size() || !is_in_time) continue;
      ++completed;
      starts.assign(steps.size(), std::nullopt);
      break;
    }
  }
  return completed;
}

}  // namespace desirepath::reference
