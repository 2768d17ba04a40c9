// Each thing the compiler warns of, and its near miss that it does not.
#include "sdk/compiler/lint.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

std::string said_of(const std::string& definitions) {
  const std::string text =
      "{\"schema\":\"desirepath/journey/1\",\"journey\":\"t\",\"version\":1,\n" + definitions + "}";
  return all_of(compiler::compile_journey(text, "j.json").diagnostics);
}

void says(const std::string& definitions, const std::string& line) {
  const std::string said = said_of(definitions);
  CAPTURE(said);
  CHECK_MESSAGE(said.find(line) != std::string::npos, line);
}

void says_nothing_of(const std::string& definitions, const std::string& words) {
  const std::string said = said_of(definitions);
  CAPTURE(said);
  CHECK_MESSAGE(said.find(words) == std::string::npos, words);
}

// Stages with nothing to complain of but what `more` gives rise to.
std::string stage(const std::string& id, const std::string& enter, const std::string& more = "") {
  return "{\"id\":\"" + id + R"~(","owner":"o","intent":"i",)~" +
         R"~("kpis":[{"id":"k","formula":"conversion(a, b, 1d)"}],"enter":)~" + enter + more + "}";
}
std::string stages(const std::string& list) {
  return "\"stages\":[" + list + "]";
}
std::string enter(const std::string& event, const std::string& when = "{}") {
  return R"({"event":")" + event + R"(","when":)" + when + "}";
}
std::string trigger(const std::string& more) {
  return R"("triggers":[{"id":"t",)" + more + R"(,"do":[{"channel":"web","slot":"s"}]}])";
}
const std::string kTwoStages = stage("a", enter("A")) + "," + stage("b", enter("B"));

}  // namespace

TEST_CASE("a stage without owner, intent or KPI is a warning, each by itself") {
  const std::string bare = stages(R"({"id":"a","enter":{"event":"A"}})");
  says(bare, "j.json:2:11: warning: stage 'a' lacks 'owner'");
  says(bare, "warning: stage 'a' lacks 'intent'");
  says(bare, "warning: stage 'a' lacks a KPI ('kpis')");
  CHECK(said_of(stages(kTwoStages)) == "");
}

TEST_CASE("a trigger without outcome is a warning") {
  says(trigger(R"("event":"E")"), "warning: trigger 't' lacks an 'outcome'");
  says_nothing_of(
      R"("behaviors":{"b":{"event":"B"}},)" + trigger(R"("event":"E","outcome":{"behavior":"b"})"),
      "outcome");
}

TEST_CASE("a stage that no chain of rules leads to is a warning") {
  says(stages(kTwoStages + R"(,{"id":"c"})"), "warning: stage 'c' cannot be reached: it has no 'enter'");
  const std::string circle = stages(kTwoStages + "," + stage("c", enter("C", R"({"stage":"d"})")) + "," +
                                    stage("d", enter("D", R"({"stage":{"$in":["c","d"]}})")));
  says(circle, "warning: stage 'c' cannot be reached: no 'enter' of it holds");
  says(circle, "warning: stage 'd' cannot be reached: no 'enter' of it holds");
  says(stages(kTwoStages + "," + stage("c", enter("C", R"({"stage":"c"})"))), "stage 'c' cannot be reached");
  const std::string far = R"({"$or":[{"stage":"b"},{"traits.plan":"gold"}]})";
  says_nothing_of(stages(kTwoStages + "," + stage("c", enter("C", far))), "cannot be reached");
}

TEST_CASE("reachability reads every form of a stage's test, and believes what it cannot read") {
  const auto reaches = [](const std::string& when) {
    return said_of(stages(kTwoStages + "," + stage("c", enter("C", when)))).find("cannot be reached") ==
           std::string::npos;
  };
  for (const char* when :
       {R"({"stage":"a"})", R"({"stage":null})", R"({"stage":{"$ne":"a"}})", R"({"stage":{"$nin":["a"]}})",
        R"({"stage":{"$exists":false}})", R"({"$nor":[{"stage":"a"}]})", R"({"$not":{"stage":"c"}})",
        R"({"stage":{"$not":{"$eq":"c"}}})", R"({"$not":{"stage":"a","traits.x":1}})", R"({"$or":[]})",
        R"({"stage":{"$gt":"a"}})", R"({"$and":[{"stage":"a"},{"traits.x":1}]})"}) {
    CHECK_MESSAGE(reaches(when), when);
  }
  for (const char* when :
       {R"({"stage":"c"})", R"({"$and":[{"stage":"a"},{"stage":"b"}]})", R"({"stage":{"$eq":"a","$ne":"a"}})",
        R"({"$nor":[{"stage":"a"},{"stage":"b"},{"stage":null}]})", R"({"stage":{"$in":[]}})",
        R"({"stage":{"$exists":true},"$not":{"stage":{"$in":["a","b"]}}})",
        R"({"$or":[{"stage":"c"},{"stage":"c","traits.x":1}]})"}) {
    CHECK_MESSAGE(!reaches(when), when);
  }
}

TEST_CASE("a next stage that cannot follow, and a stage that nobody expects, are warnings") {
  const std::string journey =
      stages(stage("a", enter("A"), R"(,"expected_next":["b"])") + "," +
             stage("b", enter("B", R"({"stage":"c"})")) + "," + stage("c", enter("C")));
  says(journey, "warning: stage 'a' expects 'b' next, but no 'enter' of 'b' holds in 'a'");
  says(journey, "warning: stage 'c' is in no 'expected_next' of another");
  says_nothing_of(journey, "stage 'a' is in no");
  says_nothing_of(stages(kTwoStages), "expected_next");
  says_nothing_of(stages(stage("a", enter("A"), R"(,"expected_next":["b"])") + "," + stage("b", enter("B")) +
                         "," + stage("c", enter("C", R"({"stage":null})"))),
                  "stage 'c'");
}

TEST_CASE("a KPI's formula is read, and its mistakes have their place in the text") {
  const auto kpi = [](const std::string& formula) {
    return stages("{\"id\":\"a\",\"enter\":{\"event\":\"A\"},\"kpis\":[{\"id\":\"k\",\n\"formula\":\"" +
                  formula + "\"}]},{\"id\":\"b\",\"enter\":{\"event\":\"B\"}}");
  };
  says_nothing_of(kpi("conversion(a, b, 14d)"), "error");
  says_nothing_of(kpi(" conversion(a,b,14d) "), "error");
  says(kpi("ratio(a, b)"), "j.json:3:12: error: a KPI's formula is conversion(FROM, TO, WITHIN)");
  says(kpi("conversion(a, b"), "3:12: error: a KPI's formula is conversion");
  says(kpi("conversion"), "3:12: error: a KPI's formula is conversion");
  says(kpi("conversion(a, b)"), "3:22: error: a KPI's formula has 3 arguments, not 2");
  says(kpi("conversion(a, c, 14d)"), "3:26: error: unknown stage 'c'");
  says(kpi("\\u0063onversion(a, c, 14d)"), "3:31: error: unknown stage 'c'");
  says(kpi("conversion(a, b, soon)"), "3:29: error: 'soon' is no duration");
}

TEST_CASE("two formulas under one KPI name are an error, two spellings of one are not") {
  const auto two = [](const std::string& first, const std::string& second) {
    return stages(R"({"id":"a","enter":{"event":"A"},"kpis":[{"id":"k","formula":")" + first +
                  R"("}]},{"id":"b","enter":{"event":"B"},"kpis":[{"id":"k","formula":")" + second +
                  R"("}]})");
  };
  says(two("conversion(a, b, 1d)", "conversion(b, a, 1d)"),
       "error: KPI 'k' has two formulas: 'conversion(a, b, 1d)' and 'conversion(b, a, 1d)'");
  says_nothing_of(two("conversion(a, b, 1d)", "conversion(a,b,24h)"), "two formulas");
}

TEST_CASE("what contradicts itself for certain is a warning") {
  says(trigger(R"("event":"E","where":{"properties.x":"a"},"when":{"properties.x":{"$eq":"b"}})"),
       "warning: 'properties.x' cannot be 'a' and 'b' at once: trigger 't' can never fire");
  says(trigger(R"("event":"E","when":{"$and":[{"traits.n":1},{"traits.n":2.5}]})"),
       "cannot be 1 and 2.5 at once");
  says(trigger(R"("event":"E","when":{"event":"F"})"), "'event' cannot be 'E' and 'F' at once");
  says(R"("behaviors":{"b":{"event":"E","where":{"event":"F"}}})", "behavior 'b' never changes");
  says(R"("audiences":{"a":{"traits.x":"y","$and":[{"traits.x":"z"}]}})", "audience 'a' has no members");
  says(stages(kTwoStages + "," +
              stage("c", R"({"event":"C","where":{"properties.x":"1","$and":[{"properties.x":"2"}]}})")),
       "this rule never leads to stage 'c'");
  for (const char* when : {R"({"properties.x":"5","$and":[{"properties.x":5}]})",
                           R"({"properties.x":"a","$or":[{"properties.x":"b"},{}]})",
                           R"({"properties.x":true,"$and":[{"properties.x":"b"}]})"}) {
    says_nothing_of(trigger(R"("event":"E","when":)" + std::string(when)), "at once");
  }
}

TEST_CASE("a trigger whose stage nobody can be in is a warning") {
  const std::string unreachable = stages(kTwoStages + "," + stage("c", enter("C", R"({"stage":"c"})")));
  says(unreachable + "," + trigger(R"("event":"E","when":{"stage":"c"})"),
       "warning: trigger 't' can never fire: its 'when' holds in no stage that people can be in then");
  says_nothing_of(unreachable + "," + trigger(R"("event":"E","when":{"stage":"b"})"), "can never fire");
}

TEST_CASE("a trigger on a move is judged in the stage the move leads to") {
  const std::string three = stages(kTwoStages + "," + stage("c", enter("C", R"({"stage":"c"})")));
  const auto fires = [&](const std::string& occasion, const std::string& when) {
    const std::string said = said_of(three + "," + trigger(occasion + R"(,"when":)" + when));
    return said.find("trigger 't' can never fire") == std::string::npos;
  };
  CHECK(fires(R"("on":{"stage_enter":"a"})", R"({"stage":"a"})"));
  CHECK_FALSE(fires(R"("on":{"stage_enter":"a"})", R"({"stage":"b"})"));
  CHECK(fires(R"("on":{"stage_leave":"a"})", R"({"stage":"b"})"));
  CHECK_FALSE(fires(R"("on":{"stage_leave":"a"})", R"({"stage":"a"})"));
  CHECK(fires(R"("after":{"stage_enter":"a"},"for":"1h")", R"({"stage":"b"})"));
  CHECK_FALSE(fires(R"("after":{"stage_enter":"a"},"for":"1h")", R"({"stage":"c"})"));
  says(three + "," + trigger(R"("on":{"stage_enter":"c"})"),
       "warning: trigger 't' can never fire: nobody reaches stage 'c'");
}

TEST_CASE("people an older version brings along reach a stage") {
  says_nothing_of(
      stages(kTwoStages + "," + stage("c", enter("C", R"({"stage":"c"})"))) + R"(,"migrate":{"old":"c"})",
      "cannot be reached");
}

TEST_CASE("a comparison that holds where its fact is missing is a warning") {
  const std::string behaviors = R"("behaviors":{"cheapest":{"event":"E","min":"properties.v"},)"
                                R"("until":{"event":"E","last":"properties.d"},"seen":{"event":"E"},)"
                                R"("spent":{"event":"E","sum":"properties.v","within":"9d"}},)";
  const std::string head =
      R"("scores":{"s":{"add":[{"event":"E","points":1}]}},"asks":{"years":{"trait":"age"}},)" + behaviors +
      stages(kTwoStages);
  const auto warned = [&](const std::string& condition) {
    const std::string said = said_of(head + R"(,"audiences":{"x":)" + condition + "}");
    CAPTURE(said);
    CHECK(said.find("error") == std::string::npos);
    return said.find("counts as 0") != std::string::npos;
  };
  for (const char* condition :
       {R"({"stage_age":{"$lt":"1h"}})", R"({"stage_age":{"$lte":"1h"}})", R"({"traits.age":{"$lt":18}})",
        R"({"traits.age":{"$gt":-1}})", R"({"traits.age":{"$gte":0,"$lt":18}})",
        R"({"traits.app":{"$vlt":"2.1.0"}})", R"({"behaviors.cheapest":{"$lt":50}})",
        R"({"behaviors.until":{"$lte":50}})", R"({"$and":[{"stage_age":{"$lt":"1h"}}]})",
        R"({"$or":[{"traits.age":{"$lt":18}},{"traits.plan":"child"}]})",
        R"({"stage":{"$ne":"a"},"stage_age":{"$lt":"1h"}})",
        R"({"traits.size":{"$exists":true},"traits.age":{"$lt":18}})"}) {
    CHECK_MESSAGE(warned(condition), condition);
  }
  for (const char* condition :
       {R"({"stage":"a","stage_age":{"$lt":"1h"}})",
        R"({"stage_age":{"$gt":"1h"}})",
        R"({"stage":{"$exists":true},"stage_age":{"$lt":"1h"}})",
        R"({"$or":[{"stage":"a"},{"stage":"b"}],"stage_age":{"$lt":"1h"}})",
        R"({"stage":{"$in":["a","b"]},"$or":[{"stage_age":{"$lt":"1h"}},{"traits.x":1}]})",
        R"({"$or":[{"stage":null},{"stage_age":{"$lt":"1h"}}]})",
        R"({"$not":{"stage_age":{"$lt":"1h"}}})",
        R"({"traits.age":{"$gte":18,"$lt":65}})",
        R"({"traits.age":{"$exists":true,"$lt":65}})",
        R"({"traits.age":{"$lt":65,"$ne":null}})",
        R"({"$and":[{"traits.age":{"$exists":true}},{"traits.age":{"$lt":65}}]})",
        R"({"$or":[{"traits.age":null},{"traits.age":{"$lt":18}}]})",
        R"({"known.years":true,"traits.age":{"$lt":18}})",
        R"({"known.size":true,"traits.size":{"$lt":18}})",
        R"({"traits.until":{"$lt":"2027-01-01"}})",
        R"({"traits.age":{"$lt":0}})",
        R"({"behaviors.seen":{"$lt":5}})",
        R"({"behaviors.spent":{"$lt":5}})",
        R"({"scores.s":{"$lt":5}})",
        R"({"session.pages":{"$lt":5}})"}) {
    CHECK_MESSAGE(!warned(condition), condition);
  }
  says(head + R"(,"audiences":{"x":{"stage_age":{"$lt":"1h"}}})",
       "warning: 'stage_age' counts as 0 in no stage, so this holds there too; demand a 'stage' beside it, "
       "or say "
       "with \"$or\" and \"stage\": null that it is meant");
  says(head + R"(,"audiences":{"x":{"traits.age":{"$lt":18}}})",
       "warning: 'traits.age' counts as 0 where it is missing, so this holds there too; add \"$exists\": "
       "true, or "
       "say with \"$or\" and \"traits.age\": null that it is meant");
}

TEST_CASE("every condition about people is looked at for what is missing, where people can be in no stage") {
  const std::string young = R"({"stage_age":{"$lt":"1h"}})";
  const std::string words = "'stage_age' counts as 0";
  const std::string two = stages(kTwoStages) + ",";
  says(two + trigger(R"("event":"E","when":)" + young), words);
  says(two + trigger(R"("on":{"stage_leave":"a"},"when":)" + young), words);
  says(two + trigger(R"("after":{"stage_enter":"a"},"for":"1d","when":)" + young), words);
  says_nothing_of(two + trigger(R"("on":{"stage_enter":"a"},"when":)" + young), words);
  says(stages(kTwoStages + "," + stage("c", enter("C", young))), words);
  says_nothing_of(stages(kTwoStages + "," + stage("c", enter("C"), R"(,"exit":)" + enter("X", young))),
                  words);
  says(two + R"("asks":{"size":{"when":)" + young + "}}", words);
  says(two + R"("suppressions":{"s":{"when":)" + young + "}}", words);
  says(two + R"("models":{"m":{"type":"logistic","terms":[{"weight":1,"when":)" + young + "}]}}", words);
}

TEST_CASE("an exit that does not hold in its stage is a warning") {
  const auto exits = [](const std::string& when) {
    return stages(kTwoStages + "," + stage("c", enter("C"), R"(,"exit":)" + enter("X", when)));
  };
  says(exits(R"({"stage":"a"})"),
       "warning: this rule never leads out of stage 'c': its 'when' does not hold there");
  says(exits(R"({"traits.x":"a","$and":[{"traits.x":"b"}]})"),
       "at once: this rule never leads out of stage 'c'");
  says_nothing_of(exits(R"({"stage":{"$ne":"a"}})"), "never leads out");
}

TEST_CASE("an experiment without outcome is a warning") {
  const auto experiment = [](const std::string& more) {
    return R"("behaviors":{"b":{"event":"B"}},)" + trigger(R"("event":"E","outcome":{"behavior":"b"})") +
           R"(,"experiments":[{"id":"x","factors":{"f":{"t.enabled":[true,false]}})" + more + "}]";
  };
  says(experiment(""), "warning: experiment 'x' lacks an 'outcome': nobody will know what it shows");
  CHECK(said_of(experiment(R"(,"outcome":{"behavior":"b"})")) == "");
}

TEST_CASE("promises of one purpose that contradict, or of which nothing is said, are a warning") {
  const auto promise = [](const std::string& one, const std::string& other, const std::string& declared) {
    return R"("promises":{)" + declared + R"(},"triggers":[{"id":"t","event":"E","purpose":"p","promise":")" +
           one + R"(","do":[{"channel":"web","slot":"s"}]},{"id":"u","event":"E","purpose":"p","promise":")" +
           other + R"(","do":[{"channel":"web","slot":"s"}]}])";
  };
  says(promise("ten", "free", ""),
       "warning: purpose 'p' promises both 'ten' and 'free'; say in 'promises' whether they contradict");
  says(promise("ten", "free", R"("ten":{"contradicts":["free"]})"),
       "warning: purpose 'p' promises both 'ten' and 'free', which contradict each other");
  says(promise("ten", "free", R"("free":{"contradicts":["ten"]})"), "which contradict each other");
  says_nothing_of(promise("ten", "free", R"("free":{})"), "promises both");
  says_nothing_of(promise("ten", "ten", ""), "promises both");
}

TEST_CASE("what is declared and used by nothing is a warning, with the likely misspelling") {
  const std::string journey = R"("purposes":{"cart_remindr":{}},"channels":{"emial":{}},"triggers":[
    {"id":"t","event":"E","purpose":"cart_reminder","do":[{"channel":"email"}]}])";
  says(journey, "warning: purpose 'cart_remindr' is served by no trigger (did you mean 'cart_reminder'?)");
  says(journey, "warning: channel 'emial' is used by no trigger (did you mean 'email'?)");
  says(R"("promises":{"free":{}},"groups":{"rescue":{}})", "warning: promise 'free' is made by no trigger");
  says(R"("promises":{"free":{}},"groups":{"rescue":{}})", "warning: group 'rescue' has no trigger");
  says_nothing_of(R"("channels":{"web":{}},)" + trigger(R"("event":"E")"), "is used by");
}
