#include "sdk/engine/model.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

class Modelled : public Profile {
 public:
  using Profile::Profile;
  Value propensity(std::int64_t time_ms) {
    return read_propensity(Scope{program(), state(), nullptr, time_ms}, 0);
  }
  double z(std::int64_t time_ms) {
    const double p = propensity(time_ms).number();
    return std::log(p / (1 - p));
  }
};

std::string model(const char* terms) {
  return R"("models":{"buy":{"type":"logistic","intercept":-1,"terms":[)" + std::string(terms) + "]}}";
}

}  // namespace

TEST_CASE("a model is the logistic function of its weighted terms") {
  Modelled profile(R"("behaviors":{"views":{"event":"View"},"price":{"event":"View","max":"properties.v"}},
    "scores":{"love":{"half_life":"1d","add":[{"event":"View","points":8}]}},
    "audiences":{"fans":{"behaviors.views":{"$gte":2}}},
    "stages":[{"id":"look","enter":{"event":"View"}}],)" +
                   model(R"({"fact":"behaviors.views","weight":0.5},
    {"fact":"behaviors.price","weight":0.1,"missing":20},
    {"fact":"scores.love","weight":0.25},
    {"fact":"stage_age","weight":2,"per":"1d","missing":-1},
    {"fact":"traits.vip","weight":3},
    {"fact":"known.email","weight":7},
    {"fact":"audiences.fans","weight":-4},
    {"when":{"audiences.fans":true,"stage":"look"},"weight":-6})"));
  // -1 + 0.1·20 + 2·(-1)
  CHECK(profile.z(kStart) == doctest::Approx(-1));
  CHECK(profile.propensity(kStart).number() == doctest::Approx(1 / (1 + std::exp(1.0))).epsilon(1e-15));
  profile.track(kStart, "1", "View", {{"v", 50.0}});
  CHECK(profile.z(kStart) == doctest::Approx(-1 + 0.5 + 5 + 2));
  CHECK(profile.z(kStart + kDay) == doctest::Approx(-1 + 0.5 + 5 + 1 + 2));
  profile.identify(kStart + kDay, "2", {{"vip", true}, {"email", "a"}});
  CHECK(profile.z(kStart + kDay) == doctest::Approx(-1 + 0.5 + 5 + 1 + 2 + 3 + 7));
  profile.identify(kStart + kDay, "3", {{"vip", "0.5"}});
  CHECK(profile.z(kStart + kDay) == doctest::Approx(-1 + 0.5 + 5 + 1 + 2 + 1.5 + 7));
  profile.identify(kStart + kDay, "4", {{"vip", "yes"}});
  profile.track(kStart + kDay, "5", "View");
  CHECK(profile.z(kStart + kDay) == doctest::Approx(-1 + 1 + 5 + 3 + 2 + 7 - 4 - 6));
}

TEST_CASE(
    "a model's answer is a probability, however far its terms go, and missing beyond the finite numbers") {
  Modelled profile(model(R"({"fact":"traits.a","weight":1},{"fact":"traits.b","weight":1e300})"));
  profile.identify(kStart, "1", {{"a", 1e9}});
  CHECK(profile.propensity(kStart).number() == 1);
  profile.identify(kStart, "2", {{"a", -1e9}});
  CHECK(profile.propensity(kStart).number() > 0);
  CHECK(profile.propensity(kStart).number() < 1e-300);
  profile.identify(kStart, "3", {{"b", 1e300}});
  CHECK(profile.propensity(kStart).is_missing());
}

TEST_CASE("propensity in conditions, through an audience too") {
  Profile profile(
      R"("behaviors":{"views":{"event":"View"}},"audiences":{"likely":{"propensity.buy":{"$gt":0.7}}},)" +
      model(R"({"fact":"behaviors.views","weight":1})") + R"(,"triggers":[
    {"id":"direct","event":"Ping","when":{"propensity.buy":{"$gte":0.5}},"do":[{"channel":"web","slot":"a"}]},
    {"id":"through","event":"Ping","when":{"audiences.likely":true},"do":[{"channel":"web","slot":"b"}]}])");
  CHECK(profile.track(kStart, "0", "Ping") == "");
  profile.track(kStart, "1", "View");
  CHECK(profile.track(kStart, "2", "Ping") == "direct:fired");
  profile.track(kStart, "3", "View");
  CHECK(profile.track(kStart, "4", "Ping") == "direct:fired through:fired");
}

TEST_CASE("a program whose models nest, or read what is no fact, is refused") {
  const auto journey = compile(
      R"("behaviors":{"views":{"event":"View"}},
    "audiences":{"plain":{"behaviors.views":2},"likely":{"propensity.buy":{"$gt":0.7}}},)" +
      model(
          R"({"fact":"behaviors.views","weight":1},{"when":{"audiences.plain":true,"stage":null},"weight":1})"));
  std::vector<std::uint8_t> bytes = journey.program;
  LoadedProgram loaded = Program::load(bytes);
  REQUIRE(loaded.error == ProgramError::none);
  const Program& program = loaded.program;
  const auto at = [&](const auto& field) {
    return bytes.data() + (reinterpret_cast<const std::uint8_t*>(&field) - bytes.data());
  };
  const auto refused = [&](std::uint8_t* field, auto value) {
    const auto honest = load<decltype(value)>(field);
    store(field, value);
    CHECK(Program::load(bytes).error == ProgramError::inconsistent);
    store(field, honest);
    REQUIRE(Program::load(bytes).error == ProgramError::none);
  };
  const format::ModelTermRecord& number = program.model_terms()[0];
  const format::ModelTermRecord& truth = program.model_terms()[1];
  REQUIRE(program.nodes()[truth.node].op == static_cast<std::uint8_t>(format::Op::all_of));
  refused(at(program.nodes()[number.node].subject), static_cast<std::uint8_t>(format::Subject::propensity));
  refused(at(program.nodes()[truth.node + 1].index), std::uint32_t{1});
  refused(at(program.audiences()[1].reads_models), std::uint32_t{0});
  refused(at(truth.kind), static_cast<std::uint32_t>(format::TermKind::number));
  refused(at(number.kind), static_cast<std::uint32_t>(format::TermKind::count_));
  refused(at(number.per), 0.0);
  refused(at(number.per), -1.0);
  refused(at(number.weight), std::nan(""));
  refused(at(program.models()[0].intercept), HUGE_VAL);
  refused(at(number.node), truth.node + 1);
  refused(at(truth.node), number.node);
  refused(at(program.audiences()[0].when), program.nodes().size());
}
