// Condition documents over what a journey has, and over what the events carry.
#pragma once

#include <functional>
#include <string>

#include "tests/property/random_case.hpp"

namespace desirepath::tests {

// What a condition may name beside the facts of an event.
struct Nameable {
  std::vector<std::string> counts;      // behaviors whose values are small whole numbers
  std::vector<std::string> numbers;     // behaviors and scores whose values are any numbers
  std::vector<std::string> values;      // behaviors whose values are anything
  std::vector<std::string> affinities;  // behaviors whose values are lists of texts
  std::vector<std::string> scores;      // with tiers `low` and `high`
  std::vector<std::string> models;
  std::vector<std::string> fields;  // that may be asked for
  std::vector<std::string> audiences;
  std::vector<std::string> stages;
  std::vector<std::string> intents;  // of the stages
};

// What a condition over the profile may read: everything, all but audiences (in an audience), or all but
// those and what moves at every moment (in one that is watched).
enum class Reads { everything, no_audience, calm };

class RandomCondition {
 public:
  RandomCondition(Random& random, const Nameable& nameable) : random_(random), nameable_(nameable) {}

  // Over the event alone: a `where`.
  Json of_event(int depth = 2) {
    return document(depth, [this](Json& to) { event_member(to); });
  }
  // Over the profile alone.
  Json of_profile(Reads reads = Reads::everything, int depth = 2) {
    return document(depth, [this, reads](Json& to) { profile_member(to, reads); });
  }
  // Over both, each member of the document over one of them.
  Json of_both(int depth = 2) {
    Json both = random_.chance(70) ? of_profile(Reads::everything, depth) : Json::object();
    if (both.empty() || random_.chance(40)) both.update(of_event(depth));
    return both;
  }

 private:
  Json document(int depth, const std::function<void(Json&)>& add_member);
  void event_member(Json& to);
  void profile_member(Json& to, Reads reads);
  void audience_member(Json& to);
  void behavior_member(Json& to);
  void score_member(Json& to, Reads reads);
  void session_member(Json& to);
  void circumstance_member(Json& to, Reads reads);
  void now_member(Json& to);

  // What a fact is tested with, of the kind that may hold.
  Json value_test(const std::function<Json()>& constant);
  Json element_test(const std::function<Json()>& constant);
  Json element_match(const std::function<Json()>& constant);
  Json pattern_test();
  Json count_test();
  Json duration_test();
  Json name_test(const std::vector<std::string>& names);
  Json boolean_test();
  Json event_value();
  Json order_constant(const std::function<Json()>& constant);

  Random& random_;
  const Nameable& nameable_;
};

}  // namespace desirepath::tests
