#include "tests/reference/arbitration.hpp"

#include <algorithm>

#include "tests/reference/effects.hpp"
#include "tests/reference/experiments.hpp"
#include "tests/reference/restraints.hpp"

namespace desirepath::reference {

namespace {

struct Winner {
  const Candidate* candidate;
  Json action;
};

Effect effect_of(const Candidate& candidate, const Json& action, Time time) {
  const Json& trigger = *candidate.trigger;
  return {time,
          text_of(trigger, "id"),
          text_of(trigger, "purpose"),
          text_of(trigger, "promise"),
          text_of(action, "channel"),
          candidate.anchor};
}

class Contest {
 public:
  Contest(const Moment& moment) : moment_(moment), journey_(moment.history.journey) {}

  std::string reason_against(const Candidate& candidate, const Json& action, bool is_held_out) const {
    const Json& trigger = *candidate.trigger;
    if (!is_consented(moment_, action)) return "consent";
    if (is_suppressed(moment_, trigger, action)) return "suppressed";
    if (is_held_out) return "holdout";
    if (is_quiet(moment_, action)) return "quiet_hours";
    if (is_purpose_served(trigger)) return "purpose_served";
    if (is_promise_contradicted(trigger)) return "promise_conflict";
    if (const std::string cap = cap_against(candidate, action); !cap.empty()) return cap;
    return is_taken(action) || is_group_taken(trigger) ? "lower_priority" : "";
  }
  void win(const Candidate& candidate, const Json& action) { winners_.push_back({&candidate, action}); }
  const std::vector<Winner>& winners() const { return winners_; }

 private:
  bool is_promise_contradicted(const Json& trigger) const {
    const std::string promise = text_of(trigger, "promise");
    if (promise.empty()) return false;
    for (const Winner& winner : winners_) {
      if (winner.candidate->trigger != &trigger &&
          contradict(journey_, promise, text_of(*winner.candidate->trigger, "promise"))) {
        return true;
      }
    }
    return is_contradicted(moment_.history, trigger, moment_.time);
  }

  bool is_group_taken(const Json& trigger) const {
    const std::string group = text_of(trigger, "group");
    for (const Winner& winner : winners_) {
      const Json& other = *winner.candidate->trigger;
      if (!group.empty() && &other != &trigger && text_of(other, "group") == group) return true;
    }
    return false;
  }

  bool is_purpose_served(const Json& trigger) const {
    const std::string purpose = text_of(trigger, "purpose");
    if (purpose.empty()) return false;
    for (const Winner& winner : winners_) {
      if (winner.candidate->trigger != &trigger &&
          text_of(*winner.candidate->trigger, "purpose") == purpose) {
        return true;
      }
    }
    return is_served_by_another(moment_.history, trigger, moment_.time);
  }

  // What won in this instant fills caps too.
  std::string cap_against(const Candidate& candidate, const Json& action) const {
    const std::vector<Effect>& past = moment_.history.effects;
    std::vector<Effect> winning;
    for (const Winner& winner : winners_) {
      winning.push_back(effect_of(*winner.candidate, winner.action, moment_.time));
    }
    const Effect own = effect_of(candidate, action, moment_.time);
    const Json* purpose = own.purpose.empty() ? nullptr : definition(journey_, "purposes", own.purpose);
    const Json* channel = definition(journey_, "channels", own.channel);
    const auto of_trigger = [&](const Effect& effect) { return effect.trigger == own.trigger; };
    const auto of_purpose = [&](const Effect& effect) { return effect.purpose == own.purpose; };
    const auto of_channel = [&](const Effect& effect) { return effect.channel == own.channel; };
    if (is_used_up(candidate.trigger, past, winning, own, of_trigger)) return "cap_trigger";
    if (is_used_up(purpose, past, winning, own, of_purpose)) return "cap_purpose";
    if (is_used_up(channel, past, winning, own, of_channel)) return "cap_channel";
    return {};
  }

  bool is_taken(const Json& action) const {
    for (const Winner& winner : winners_) {
      if (text_of(winner.action, "channel") == text_of(action, "channel") &&
          text_of(winner.action, "slot") == text_of(action, "slot")) {
        return true;
      }
    }
    return false;
  }

  const Moment& moment_;
  const Json& journey_;
  std::vector<Winner> winners_;
};

std::int64_t priority_of(const Candidate& candidate) {
  return candidate.trigger->value("priority", std::int64_t{0});
}

}  // namespace

void arbitrate(History& history, const Moment& moment, std::vector<Candidate> candidates) {
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (priority_of(a) != priority_of(b)) return priority_of(a) > priority_of(b);
    return a.trigger < b.trigger;  // as declared: elements of one list
  });
  Contest contest(moment);
  for (const Candidate& candidate : candidates) {
    assign(history, moment, *candidate.trigger);
    const Form form = form_of(moment, *candidate.trigger);
    if (!form.is_enabled) continue;
    for (const Json& action : form.trigger.at("do")) {
      const std::string reason = contest.reason_against(candidate, action, form.is_held_out);
      if (reason.empty()) contest.win(candidate, action);
      history.decisions.push_back({moment.time, candidate.anchor, text_of(*candidate.trigger, "id"),
                                   text_of(action, "channel"), text_of(action, "slot"), reason,
                                   form.treatment});
    }
  }
  if (!history.effects_at_once) return;
  for (const Winner& winner : contest.winners()) {
    history.effects.push_back(effect_of(*winner.candidate, winner.action, moment.time));
  }
}

}  // namespace desirepath::reference
