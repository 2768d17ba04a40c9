#include "tests/reference/affinities.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"
#include "tests/reference/facts.hpp"

namespace desirepath::reference {

namespace {

constexpr std::size_t kKeptByDefault = 8;
// Weights nearer to each other than this are equal: they came about by rounding. An event so long ago that it
// still adds more than that to a weight counts.
constexpr long double kNearness = 2e-15L;

struct Interest {
  std::string text;
  std::vector<Time> times;
  std::size_t last = 0;  // the number of the event that came last
};

long double weight_at(const Interest& interest, Time time, Time half_life) {
  long double weight = 0;
  for (const Time then : interest.times) {
    weight += std::exp2(-static_cast<long double>(time - then) / static_cast<long double>(half_life));
  }
  return weight;
}

void sort_dearest_first(std::vector<Interest>& interests, Time time, Time half_life) {
  std::sort(interests.begin(), interests.end(), [&](const Interest& a, const Interest& b) {
    const long double of_a = weight_at(a, time, half_life);
    const long double of_b = weight_at(b, time, half_life);
    return std::fabs(of_a - of_b) > kNearness * of_a ? of_a > of_b : a.last > b.last;
  });
}

}  // namespace

std::optional<Json> dearest_texts(const Moment& moment, const Json& behavior) {
  const Time half_life = duration_of(behavior, "half_life");
  const std::size_t keep = behavior.value("keep", kKeptByDefault);
  std::vector<Interest> interests;
  const std::vector<Happening>& events = moment.history.events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Moment then{moment.history, &events[i], events[i].time};
    if (!matches(then, behavior)) continue;
    const auto said = fact(then, text_of(behavior, "affinity"));
    if (!said || !said->is_string()) continue;
    const std::string text = said->get<std::string>();
    const auto known = std::find_if(interests.begin(), interests.end(),
                                    [&](const Interest& interest) { return interest.text == text; });
    if (known != interests.end()) {
      known->times.push_back(then.time);
      known->last = i;
    } else {
      if (interests.size() == keep) interests.pop_back();
      interests.push_back({text, {then.time}, i});
    }
    sort_dearest_first(interests, then.time, half_life);
  }
  if (interests.empty()) return std::nullopt;
  Json texts = Json::array();
  for (const Interest& interest : interests) texts.push_back(interest.text);
  return texts;
}

}  // namespace desirepath::reference
