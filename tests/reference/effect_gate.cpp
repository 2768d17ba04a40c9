#include "tests/reference/effect_gate.hpp"

#include <algorithm>

#include "tests/reference/calendar.hpp"
#include "tests/reference/effects.hpp"
#include "tests/reference/experiments.hpp"
#include "tests/reference/restraints.hpp"

namespace desirepath::reference {

namespace {

constexpr Time kFreshByDefault = 60 * 60 * 1000;

Time freshness_of(const Json& trigger) {
  return trigger.contains("freshness") ? duration_of(trigger, "freshness") : kFreshByDefault;
}

// Whether a further effect at `at` leaves each window it would lie in with no more than the cap's times. It
// suffices to look at the windows that end with an effect.
bool has_room(const Json& cap, const std::vector<Time>& others, Time at) {
  const Time per = duration_of(cap, "per");
  std::vector<Time> ends{at};
  for (const Time other : others) {
    if (other > at && other < at + per) ends.push_back(other);
  }
  return std::all_of(ends.begin(), ends.end(), [&](Time end) {
    const auto is_inside = [&](Time other) { return other > end - per && other <= end; };
    return std::count_if(others.begin(), others.end(), is_inside) < cap.at("times").get<std::int64_t>();
  });
}

}  // namespace

std::string reason_to_stop(const History& history, const Proposal& proposal, Time now) {
  const Json& journey = history.journey;
  const Json& trigger = proposal.trigger;
  const Moment moment{history, nullptr, now};
  if (now - proposal.time > freshness_of(trigger)) return "stale";
  if (!is_consented(moment, proposal.action)) return "consent";
  if (is_suppressed(moment, trigger, proposal.action)) return "suppressed";
  if (form_of(moment, trigger).is_held_out) return "holdout";
  if (is_quiet(moment, proposal.action)) return "quiet_hours";

  const Time earlier = std::min(now, proposal.time);
  const std::string purpose = text_of(trigger, "purpose");
  if (!purpose.empty() && is_served_by_another(history, trigger, earlier)) return "purpose_served";
  if (is_contradicted(history, trigger, earlier)) return "promise_conflict";

  const std::string id = text_of(trigger, "id");
  const std::string channel = text_of(proposal.action, "channel");
  const auto is_full = [&](const Json* capped, const std::function<bool(const Effect&)>& counts) {
    if (capped == nullptr || !capped->contains("cap")) return false;
    const std::vector<Time> others = times_counted(history.effects, id, proposal.anchor, counts);
    const Json& cap = capped->at("cap");
    return !has_room(cap, others, proposal.time) || !has_room(cap, others, now);
  };
  if (is_full(&trigger, [&](const Effect& effect) { return effect.trigger == id; })) return "cap_trigger";
  if (!purpose.empty() && is_full(definition(journey, "purposes", purpose),
                                  [&](const Effect& effect) { return effect.purpose == purpose; })) {
    return "cap_purpose";
  }
  const bool is_channel_full = is_full(definition(journey, "channels", channel),
                                       [&](const Effect& effect) { return effect.channel == channel; });
  return is_channel_full ? "cap_channel" : "";
}

}  // namespace desirepath::reference
