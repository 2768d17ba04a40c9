#include "sdk/engine/explain.hpp"

#include <doctest/doctest.h>

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/fact_name.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

std::string name_of(const Program& program, std::uint32_t node) {
  char text[128];
  return {text, write_fact_name(program, program.nodes()[node], text)};
}

// Every line as "part depth audience fact op = value: held", one below the other, then the actions.
struct Told {
  const Program& program;
  std::string lines;
  std::size_t room = 1000;

  static bool on_node(void* context, const ExplainedNode& line) {
    Told& told = *static_cast<Told*>(context);
    const format::NodeRecord& node = told.program.nodes()[line.node];
    constexpr const char* kParts[] = {"where", "arm", "when"};
    told.lines += std::string(kParts[static_cast<std::size_t>(line.part)]) + std::string(1 + line.depth, ' ');
    if (line.audience != 0) {
      told.lines += std::string(told.program.string(told.program.audiences()[line.audience - 1].id)) + ": ";
    }
    const std::string fact = name_of(told.program, line.node);
    told.lines += fact + (fact.empty() ? "" : " ") + std::string(to_string(static_cast<format::Op>(node.op)));
    if (line.value.is_number()) told.lines += " = " + std::to_string(static_cast<int>(line.value.number()));
    if (line.value.is_string()) told.lines += " = " + std::string(line.value.text());
    if (line.value.is_array()) told.lines += " of " + std::to_string(line.value.count());
    told.lines += std::string(line.held ? " holds" : " fails") + (line.is_inexact ? ", inexact\n" : "\n");
    return --told.room > 0;
  }
  static bool on_action(void* context, const ExplainedAction& line) {
    Told& told = *static_cast<Told*>(context);
    const format::ActionRecord& action = told.program.actions()[line.action];
    told.lines += std::string(told.program.string(told.program.channels()[action.channel].id)) + "[" +
                  std::string(told.program.optional_string(line.treatment)) + "] " +
                  std::string(to_string(line.reason)) + "\n";
    return true;
  }
};

}  // namespace

TEST_CASE("an explanation lists what each fact was, groups and audiences with what is in them") {
  Profile profile(R"("behaviors":{"few":{"event":"E","within":"1d","keep":2}},
    "audiences":{"keen":{"behaviors.few":{"$gt":0},"traits.plan":"gold"}},
    "channels":{"email":{"consent":"marketing"}},
    "stages":[{"id":"buy","enter":{"event":"B"},"intent":"buy","owner":"o"}],
    "triggers":[{"id":"t","event":"E","where":{"properties.c":{"$in":["a","b"]}},
      "when":{"audiences.keen":true,"$or":[{"stage":"buy"},{"properties.items":{"$elemMatch":{"k":{"$gt":3}}}}],"properties.v":{"$gte":5}},
      "cap":{"times":1,"per":"1d"},"do":[{"channel":"web","slot":"a"},{"channel":"email"}]}])");
  const Program& program = profile.program();
  for (int i = 0; i < 3; ++i) profile.track(kStart + i, std::to_string(i), "E");
  profile.identify(kStart + 3, "i", {{"plan", "gold"}});

  const auto tree = json_tree(R"({"properties":{"c":"b","v":"4","items":[{"k":1},{"k":4}]}})");
  bind_facts(program, Value::read(tree.data()), EventType::track, profile.host().facts());
  const Event event{kStart + 4, EventType::track, "m", "E", profile.host().facts()};
  const std::vector<std::uint8_t> before = profile.bytes();
  Told told{program, {}};
  const Explanation with_event =
      explain({program, profile.state(), &event, kStart + 4}, 0, {&told, Told::on_node, Told::on_action});
  CHECK(with_event.is_enabled);
  CHECK(with_event.where_held);
  CHECK_FALSE(with_event.when_held);
  CHECK(told.lines ==
        "where properties.c $in = b holds\n"
        "when $and fails\n"
        "when  audiences.keen $eq holds\n"
        "when   keen: $and holds\n"
        "when    keen: behaviors.few $gt = 2 holds, inexact\n"
        "when    keen: traits.plan $eq = gold holds\n"
        "when  $or holds\n"
        "when   stage $eq fails\n"
        "when   properties.items $elemMatch of 2 holds\n"
        "when  properties.v $gte = 4 fails\n"
        "web[] \n"
        "email[] consent\n");

  Told without{program, {}};
  const Explanation later = explain({program, profile.state(), nullptr, kStart + 3 * kDay}, 0,
                                    {&without, Told::on_node, Told::on_action});
  CHECK_FALSE(later.where_held);
  CHECK(without.lines.find("where properties.c $in fails\n") != std::string::npos);
  CHECK(without.lines.find("keen: behaviors.few $gt = 0 fails\n") != std::string::npos);
  CHECK(profile.bytes() == before);

  SUBCASE("the sink may have enough") {
    Told some{program, {}, 3};
    explain({program, profile.state(), &event, kStart + 4}, 0, {&some, Told::on_node, Told::on_action});
    CHECK(some.lines ==
          "where properties.c $in = b holds\nwhen $and fails\nwhen  audiences.keen $eq holds\n");
  }
}

TEST_CASE("an explanation says what arbitration would answer, by the treatment the event would bring") {
  Profile profile(
      R"("triggers":[{"id":"t","event":"E","cap":{"times":1,"per":"1d"},"do":[{"channel":"web","slot":"a"},{"channel":"sms"}]}],
    "experiments":[{"id":"e","factors":{"how":{"t.do":["web","sms"]}},"weights":{"how":[0,1]}}])");
  const Program& program = profile.program();
  const auto tree = json_tree(R"({"anonymousId":"a1"})");
  bind_facts(program, Value::read(tree.data()), EventType::track, profile.host().facts());
  const Event event{kStart + 4, EventType::track, "m", "E", profile.host().facts()};
  const auto told = [&] {
    Told actions{program, {}};
    explain({program, profile.state(), &event, kStart + 4}, 0, {&actions, Told::on_node, Told::on_action});
    return actions.lines;
  };
  CHECK(told() == "sms[how=sms] \n");
  CHECK(profile.state().find(program.experiments()[0].key, Family::assignment).empty());
  profile.send(kStart, "n", EventType::track, "E", tree);
  CHECK(told() == "sms[how=sms] cap_trigger\n");
}

TEST_CASE("an explanation tells when a wait is due") {
  Profile profile(
      R"("triggers":[{"id":"t","after":{"event":"E"},"absent":{"event":"B"},"for":"1h","do":[{"channel":"web","slot":"a"}]}])");
  Told told{profile.program(), {}};
  const auto due = [&] {
    return explain({profile.program(), profile.state(), nullptr, kStart + 5}, 0,
                   {&told, Told::on_node, Told::on_action})
        .due_ms;
  };
  CHECK(due() == kNoTime);
  profile.track(kStart, "m", "E");
  CHECK(due() == kStart + 3'600'000);
  profile.track(kStart + 1, "n", "B");
  CHECK(due() == kNoTime);
}

TEST_CASE("a fact is called in an explanation as it is in the journey file") {
  const std::vector<std::string> words = {
      "event",
      "type",
      "properties.a.0.b",
      "context.app.version",
      "traits.address.city",
      "stage",
      "stage_age",
      "behaviors.b",
      "behaviors.top.0",
      "audiences.a",
      "session.number",
      "session.pages",
      "session.events",
      "session.age",
      "session.engaged",
      "session.referrer",
      "session.landing",
      "session.intent",
      "session.intent_confidence",
      "campaign.name",
      "campaign.source",
      "campaign.medium",
      "campaign.term",
      "campaign.content",
      "campaign.click_id",
      "device.type",
      "device.os",
      "device.locale",
      "consent.marketing",
      "scores.s",
      "tiers.s",
      "propensity.p",
      "asked.email",
      "now.hour",
      "now.minute",
      "now.weekday",
      "now.day",
      "now.month",
      "now.year",
  };
  for (const std::string& word : words) {
    CAPTURE(word);
    const bool is_duration = word == "stage_age" || word == "session.age" || word == "session.engaged";
    const std::string test = word == "tiers.s"       ? R"("x")"
                             : word == "audiences.a" ? "true"
                             : word == "stage"       ? R"("look")"
                             : is_duration           ? R"({"$gt":"1d"})"
                                                     : R"({"$ne":7})";
    Profile profile(
        R"("behaviors":{"b":{"event":"B"},"top":{"event":"B","affinity":"properties.c","half_life":"1d"}},
      "audiences":{"a":{"behaviors.b":1}},"stages":[{"id":"look","enter":{"event":"V"},"intent":"see","owner":"o"}],
      "scores":{"s":{"add":[{"event":"B","points":1}],"tiers":{"x":1}}},
      "models":{"p":{"type":"logistic","intercept":0,"terms":[{"fact":"behaviors.b","weight":1}]}},
      "asks":{"email":{"cap":{"times":2,"per":"1d"}}},
      "triggers":[{"id":"t","event":"E","when":{")" +
        word + "\":" + test + R"(},"do":[{"channel":"web","slot":"s"}]}])");
    const std::uint32_t node = profile.program().triggers()[0].when - 1;
    CHECK(name_of(profile.program(), node) == word);
    char small[4];
    CHECK(write_fact_name(profile.program(), profile.program().nodes()[node], small) ==
          std::min<std::size_t>(word.size(), sizeof small));
  }
}
