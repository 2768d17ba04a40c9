#include "sdk/engine/score.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "sdk/engine/limits.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kLoyalty = R"("scores":{"loyalty":{"half_life":"60d","add":[
    {"event":"Order","points":50},{"event":"Review","points":10},{"event":"Order","where":{"properties.v":{"$gt":100}},"points":25},
    {"event":"Refund","points":"properties.v"}],
    "tiers":{"gold":300,"silver":100,"member":0.5}}})";
constexpr std::int64_t kHalfLife = 60 * kDay;

class Scored : public Profile {
 public:
  using Profile::Profile;
  double score(std::int64_t time_ms) { return read_score(program(), state(), 0, time_ms); }
  std::string tier(std::int64_t time_ms) {
    const Value tier = read_tier(program(), state(), 0, time_ms);
    return tier.is_missing() ? "(none)" : std::string(tier.text());
  }
  std::int64_t next_drop(double constant, std::int64_t time_ms) {
    return next_drop_ms(program(), state(), 0, constant, time_ms);
  }
  void forge(std::int64_t time_ms, double number) {
    state().reset();
    const MutablePayload record = state().resize(program().scores()[0].key, Family::score, kScoreBytes);
    store_time(record.data(), time_ms);
    store(&record[kTimeBytes], number);
  }
};

}  // namespace

TEST_CASE("a score adds points and halves every half-life, exactly") {
  Scored profile(kLoyalty);
  CHECK(profile.score(kStart) == 0);
  CHECK(profile.tier(kStart) == "(none)");
  profile.track(kStart, "1", "Order", {{"v", 20.0}});
  CHECK(profile.score(kStart) == 50);
  CHECK(profile.score(kStart + kHalfLife) == 25);
  profile.track(kStart + kHalfLife, "2", "Order", {{"v", 200.0}});
  CHECK(profile.score(kStart + kHalfLife) == 100);
  CHECK(profile.tier(kStart + kHalfLife) == "silver");
  CHECK(profile.tier(kStart + kHalfLife + 1) == "member");
  CHECK(profile.score(kStart + 3 * kHalfLife) == 25);
  profile.track(kStart + 3 * kHalfLife, "3", "Refund", {{"v", "-30"}});
  CHECK(profile.score(kStart + 3 * kHalfLife) == -5);
  CHECK(profile.tier(kStart + 3 * kHalfLife) == "(none)");
  profile.track(kStart + 3 * kHalfLife, "4", "Refund", {{"v", "much"}});
  profile.track(kStart + 3 * kHalfLife, "5", "Refund");
  CHECK(profile.score(kStart + 4 * kHalfLife) == -2.5);
}

TEST_CASE("without a half-life a score stays") {
  Scored profile(R"("scores":{"s":{"add":[{"event":"E","points":0.1}]}})");
  for (int i = 0; i < 3; ++i) profile.track(kStart + i * kDay, std::to_string(i), "E");
  CHECK(profile.score(kStart + 1000 * kDay) == 0.1 + 0.1 + 0.1);
  CHECK(profile.next_drop(0.2, kStart + 3 * kDay) == State::kNever);
}

TEST_CASE("points that would leave the finite numbers are not added") {
  Scored profile(R"("scores":{"s":{"add":[{"event":"E","points":"properties.v"}]}})");
  profile.track(kStart, "1", "E", {{"v", 1.5e308}});
  profile.track(kStart, "2", "E", {{"v", 1.5e308}});
  CHECK(profile.score(kStart) == 1.5e308);
  profile.track(kStart, "3", "E", {{"v", -1.5e308}});
  CHECK(profile.score(kStart) == 0);
}

TEST_CASE("the next drop is the first millisecond at which the comparison is another") {
  Scored profile(kLoyalty);
  std::mt19937 random(23);
  for (int round = 0; round < 300; ++round) {
    const double number = (static_cast<double>(random() % 2000) - 500) / 7;
    const double constant = (static_cast<double>(random() % 1000) - 250) / 7;
    const std::int64_t now = kStart + static_cast<std::int64_t>(random() % 1000000);
    profile.forge(kStart, number);
    const std::int64_t next = profile.next_drop(constant, now);
    const auto order = [&](std::int64_t time_ms) {
      const double score = profile.score(time_ms);
      return score < constant ? -1 : score > constant ? 1 : 0;
    };
    if (next == State::kNever) {
      CHECK(order(kTimeMaxMs) == order(now));
      continue;
    }
    REQUIRE(next > now);
    CHECK(order(next) != order(now));
    CHECK(order(next - 1) == order(now));
  }
  profile.forge(kStart, 100);
  CHECK(profile.next_drop(50, kStart) == kStart + kHalfLife);
  CHECK(profile.next_drop(50, kStart + kHalfLife) == kStart + kHalfLife + 1);
  CHECK(profile.next_drop(50, kStart + kHalfLife + 1) == State::kNever);
  CHECK(profile.next_drop(100, kStart) == kStart + 1);
  CHECK(profile.next_drop(101, kStart) == State::kNever);
  // It reaches 0 only when it is too small for any number.
  CHECK(profile.next_drop(0, kStart) > kStart + 1000 * kHalfLife);
  CHECK(profile.next_drop(-1, kStart) == State::kNever);
  CHECK(profile.next_drop(50, kTimeMaxMs) == State::kNever);
}

TEST_CASE("a tier changes no earlier than said") {
  Scored profile(kLoyalty);
  profile.forge(kStart, 700);
  std::int64_t now = kStart;
  std::string tiers = profile.tier(now);
  for (int i = 0; i < 20 && now != State::kNever; ++i) {
    const std::int64_t next = next_tier_change_ms(profile.program(), profile.state(), 0, now);
    if (next == State::kNever) break;
    CHECK(profile.tier(next - 1) == profile.tier(now));
    if (profile.tier(next) != profile.tier(now)) tiers += " " + profile.tier(next);
    now = next;
  }
  CHECK(tiers == "gold silver member (none)");
}

TEST_CASE("scores and tiers in conditions") {
  Profile profile(std::string(kLoyalty) + R"(,"triggers":[
    {"id":"rich","event":"Ping","when":{"scores.loyalty":{"$gte":100}},"do":[{"channel":"web","slot":"a"}]},
    {"id":"silver","event":"Ping","when":{"tiers.loyalty":{"$in":["silver","gold"]}},"do":[{"channel":"web","slot":"b"}]},
    {"id":"none","event":"Ping","when":{"tiers.loyalty":null},"do":[{"channel":"web","slot":"c"}]}])");
  CHECK(profile.track(kStart, "0", "Ping") == "none:fired");
  profile.track(kStart, "1", "Order");
  CHECK(profile.track(kStart, "2", "Ping") == "");
  profile.track(kStart, "3", "Order");
  CHECK(profile.track(kStart, "4", "Ping") == "rich:fired silver:fired");
  CHECK(profile.track(kStart + 1, "5", "Ping") == "");
}

TEST_CASE("forged scores are no numbers but finite ones") {
  Scored profile(kLoyalty);
  for (const double forged :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()}) {
    profile.forge(kStart, forged);
    CHECK(profile.score(kStart) == 0);
    profile.track(kStart, "1", "Order");
    CHECK(profile.score(kStart) == 50);
  }
  // Of a time to come.
  profile.forge(kStart + kDay, 80);
  CHECK(profile.score(kStart) == 80);
  for (const std::size_t size : {0, 1, 13, 15, 40}) {
    profile.state().reset();
    profile.state().resize(profile.program().scores()[0].key, Family::score, size);
    CHECK(profile.score(kStart) == 0);
    profile.track(kStart, "m" + std::to_string(size), "Order");
    CHECK(profile.score(kStart) == 50);
  }
}

TEST_CASE("a state too small for a score says so") {
  Scored profile(kLoyalty);
  std::vector<std::uint8_t> buffer(State::kHeaderBytes + State::kRecordHeadBytes + kScoreBytes - 1);
  State state(buffer);
  const auto tree = event_tree("properties", {});
  bind_facts(profile.program(), Value::read(tree.data()), EventType::track, profile.host().facts());
  const Event event{kStart, EventType::track, "m", "Order", profile.host().facts()};
  Outcome outcome = profile.host().outcome();
  CHECK(step(profile.program(), state, event, Effects::recorded, outcome) == StepError::state_full);
}
