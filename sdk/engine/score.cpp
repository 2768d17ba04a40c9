#include "sdk/engine/score.hpp"

#include "sdk/engine/decay.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"

namespace desirepath {

using namespace format;

namespace {

// What a record says, to be read at any later time.
struct Standing {
  std::int64_t time_ms = 0;
  double number = 0;
  std::int64_t half_life_ms = 0;

  double at(std::int64_t now_ms) const noexcept {
    return decayed(number, now_ms - time_ms, half_life_ms) + 0.0;
  }
};

Standing standing_of(const ScoreRecord& score, Payload record) noexcept {
  if (record.size() != kScoreBytes) return {};
  const double number = load<double>(&record[kTimeBytes]);
  if (!is_finite(number)) return {};
  return {load_time(record.data()), number, score.half_life_ms};
}

Standing find_standing(const Program& program, const State& state, std::uint32_t score) noexcept {
  const ScoreRecord& record = program.scores()[score];
  return standing_of(record, state.find(record.key, Family::score));
}

int order_of(double number, double constant) noexcept {
  return number < constant ? -1 : number > constant ? 1 : 0;
}

void add_points(const Scope& scope, State& state, const ScoreAddRecord& add) noexcept {
  if (!holds_optional(scope, add.where)) return;
  const ParsedNumber points =
      add.fact == 0 ? ParsedNumber{true, add.points} : as_number(fact_value(scope, add.fact - 1, add.path));
  if (!points.ok) return;
  const ScoreRecord& score = scope.program.scores()[add.score];
  const double sum =
      standing_of(score, state.find(score.key, Family::score)).at(scope.time_ms) + points.value;
  if (!is_finite(sum)) return;
  const MutablePayload record = state.resize(score.key, Family::score, kScoreBytes);
  if (!record) return;
  store_time(record.data(), scope.time_ms);
  store(&record[kTimeBytes], sum);
}

}  // namespace

double read_score(const Program& program, const State& state, std::uint32_t score,
                  std::int64_t time_ms) noexcept {
  return find_standing(program, state, score).at(time_ms);
}

Value read_tier(const Program& program, const State& state, std::uint32_t score,
                std::int64_t time_ms) noexcept {
  const double number = read_score(program, state, score, time_ms);
  const Range tiers = program.scores()[score].tiers;
  for (std::uint32_t i = tiers.end; i-- > tiers.begin;) {
    const TierRecord& tier = program.tiers()[i];
    if (number >= tier.from) return Value::of(program.string(tier.name));
  }
  return {};
}

void update_scores(const Scope& scope, State& state, const EventRecord& event) noexcept {
  for (std::uint32_t i = event.score_adds.begin; i < event.score_adds.end; ++i) {
    add_points(scope, state, scope.program.score_adds()[scope.program.list(i)]);
  }
}

std::int64_t next_drop_ms(const Program& program, const State& state, std::uint32_t score, double constant,
                          std::int64_t time_ms) noexcept {
  const Standing standing = find_standing(program, state, score);
  const int order = order_of(standing.at(time_ms), constant);
  std::int64_t same_ms = time_ms;
  std::int64_t other_ms = kTimeMaxMs;
  if (time_ms >= other_ms || order_of(standing.at(other_ms), constant) == order) return State::kNever;
  while (other_ms - same_ms > 1) {
    const std::int64_t middle_ms = same_ms + (other_ms - same_ms) / 2;
    (order_of(standing.at(middle_ms), constant) == order ? same_ms : other_ms) = middle_ms;
  }
  return other_ms;
}

std::int64_t next_tier_change_ms(const Program& program, const State& state, std::uint32_t score,
                                 std::int64_t time_ms) noexcept {
  std::int64_t next_ms = State::kNever;
  const Range tiers = program.scores()[score].tiers;
  for (std::uint32_t i = tiers.begin; i < tiers.end; ++i) {
    const std::int64_t crossing_ms = next_drop_ms(program, state, score, program.tiers()[i].from, time_ms);
    if (crossing_ms < next_ms) next_ms = crossing_ms;
  }
  return next_ms;
}

}  // namespace desirepath
