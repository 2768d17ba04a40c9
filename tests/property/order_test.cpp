// Promise 2 where the engine alone can break it: events that come late, twice and in any order end in the
// same decisions and the same state as in their own order.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>

#include "tests/property/engine_run.hpp"
#include "tests/property/property_run.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// A host as the collector is one: it folds on where it can, and from the start where an event came late.
class ArrivalHost {
 public:
  explicit ArrivalHost(const Json& journey) : journey_(journey) { start_over(); }

  void arrive(const Json& event) {
    const Place place(event.at("timestamp"), event.at("messageId"));
    const bool is_late = !events_.empty() && place < events_.rbegin()->first;
    if (!events_.emplace(place, event).second) return;
    if (!is_late) return fold(event);
    start_over();
    for (const auto& [at, known] : events_) fold(known);
  }

  const std::vector<std::string>& log() const { return log_; }
  std::string state_bytes() const { return engine_->state_bytes(); }

 private:
  using Place = std::pair<std::string, std::string>;

  void start_over() {
    engine_ = std::make_unique<EngineRun>(journey_, Effects::at_once);
    log_.clear();
  }
  void fold(const Json& event) {
    const std::vector<std::string> lines = engine_->happen(event);
    log_.insert(log_.end(), lines.begin(), lines.end());
  }

  const Json& journey_;
  std::map<Place, Json> events_;
  std::unique_ptr<EngineRun> engine_;
  std::vector<std::string> log_;
};

}  // namespace

TEST_CASE("late, duplicate and shuffled events end in the same decisions and the same state") {
  for_random_cases(20, [](const Case& tried, Random random) -> std::string {
    ArrivalHost ordered(tried.journey);
    for (const Json& event : tried.events) ordered.arrive(event);
    std::vector<Json> arrivals = tried.events;
    for (int copies = random.between(0, 5); copies > 0; --copies) {
      arrivals.push_back(random.pick(tried.events));
    }
    // A few late ones, as networks make them, or no order at all.
    const std::size_t moves = random.chance(70) ? 3 : arrivals.size();
    for (std::size_t i = 0; i < moves; ++i) {
      std::swap(arrivals[random.below(arrivals.size())], arrivals[random.below(arrivals.size())]);
    }
    ArrivalHost shuffled(tried.journey);
    for (const Json& event : arrivals) shuffled.arrive(event);
    if (shuffled.log() != ordered.log()) return "the decisions depend on the order of arrival";
    return shuffled.state_bytes() == ordered.state_bytes() ? "" : "the state depends on the order of arrival";
  });
}

TEST_CASE("an event before the state's clock is refused and changes nothing") {
  for_random_cases(10, [](const Case& tried, Random random) -> std::string {
    EngineRun engine(tried.journey, Effects::at_once);
    for (const Json& event : tried.events) engine.happen(event);
    const std::string before = engine.state_bytes();
    const Json& late = random.pick(tried.events);
    if (late.at("timestamp") == tried.events.back().at("timestamp")) return "";
    const bool is_silent = engine.happen(late).empty();
    if (engine.last_error() != StepError::too_early) return "the engine took an event out of order";
    return is_silent && engine.state_bytes() == before ? "" : "a refused event left traces";
  });
}
