// One event against many rules, natively: nanoseconds a step, beside an index written by hand for this very
// case. usage: desirepath_step_bench JOURNEY.json RULES    (the journey of rule_set.mjs) Prints
// {"engine_ns":…,"hand_ns":…}; the two are measured in turns.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sdk/compiler/compile.hpp"
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"
#include "sdk/engine/value_writer.hpp"

namespace {

using namespace desirepath;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 21;
constexpr std::int64_t kStart = 1767225600000;

constexpr int kAttributes = 10;
constexpr int kValues = 100;
constexpr int kEvents = 256;

std::string attribute_of(int index) {
  return "attribute_" + std::to_string(index);
}
std::string value_of(int index) {
  return "value_" + std::to_string(index);
}

// The events of rule_set.mjs.
std::vector<std::vector<std::uint8_t>> samples() {
  std::vector<std::vector<std::uint8_t>> made;
  for (int event = 0; event < kEvents; ++event) {
    ValueWriter writer;
    writer.open_object();
    writer.key("properties");
    writer.open_object();
    for (int attribute = 0; attribute < kAttributes; ++attribute) {
      writer.key(attribute_of(attribute));
      writer.string(value_of((event * 7 + attribute * 13) % kValues));
    }
    writer.close();
    writer.close();
    made.push_back(writer.take());
  }
  return made;
}

// Lookup by a view, without making a string of it.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

// What a person would write for rules "this attribute is that value and the count is at least k" and nothing
// else: the rules that hold, and the first of them, which speaks.
class HandIndex {
 public:
  explicit HandIndex(int rules) {
    for (int i = 0; i < rules; ++i) {
      maps_[attribute_of(i % kAttributes)][value_of(i / kAttributes % kValues)].push_back({i, 1 + i % 3});
    }
  }

  long matches(const Value& tree) {
    ++count_;
    held_.clear();
    int first = INT32_MAX;
    ValueCursor members(tree.at("properties"));
    while (members.next()) {
      const auto map = maps_.find(members.key());
      if (map == maps_.end()) continue;
      const auto found = map->second.find(members.value().text());
      if (found == map->second.end()) continue;
      for (const Rule& rule : found->second) {
        if (count_ < rule.least) continue;
        held_.push_back(rule.index);
        first = std::min(first, rule.index);
      }
    }
    speaker_ = first;
    return static_cast<long>(held_.size());
  }

 private:
  struct Rule {
    int index;
    int least;
  };
  template <typename Mapped>
  using ByText = std::unordered_map<std::string, Mapped, TextHash, std::equal_to<>>;

  ByText<ByText<std::vector<Rule>>> maps_;
  std::vector<int> held_;
  int count_ = 0;
  volatile int speaker_ = 0;
};

template <typename Run>
double ns_each(std::size_t count, Run run) {
  const auto begin = Clock::now();
  run();
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count() / static_cast<double>(count);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 1;
  std::ifstream in(argv[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const int rules = std::atoi(argv[2]);
  const compiler::CompileResult compiled = compiler::compile_journey(text, argv[1]);
  if (!compiled.journey) return 1;
  const LoadedProgram loaded = Program::load(compiled.journey->program);
  const Program& program = loaded.program;
  EngineHost host(program);
  const std::vector<std::vector<std::uint8_t>> events = samples();

  const std::size_t repeats = 40;
  const std::size_t count = repeats * events.size();
  double engine_ns = 1e18;
  double hand_ns = 1e18;
  long balance = 0;
  for (int round = 0; round < kRounds; ++round) {
    host.state().reset();
    HandIndex hand(rules);
    engine_ns = std::min(
        engine_ns, ns_each(count, [&] {
          std::int64_t time_ms = kStart;
          for (std::size_t i = 0; i < repeats; ++i) {
            for (const std::vector<std::uint8_t>& tree : events) {
              bind_facts(program, Value::read(tree.data()), EventType::track, host.facts());
              const Event event{time_ms++, EventType::track, "message-1", "Product Viewed", host.facts()};
              Outcome outcome = host.outcome();
              if (step(program, host.state(), event, Effects::recorded, outcome) != StepError::none)
                std::abort();
              balance += static_cast<long>(outcome.decisions().size());
            }
          }
        }));
    hand_ns = std::min(hand_ns, ns_each(count, [&] {
                         for (std::size_t i = 0; i < repeats; ++i) {
                           for (const std::vector<std::uint8_t>& tree : events)
                             balance -= hand.matches(Value::read(tree.data()));
                         }
                       }));
  }
  if (balance != 0) {
    std::fprintf(stderr, "the engine and the index written by hand disagree by %ld\n", balance);
    return 1;
  }
  std::printf("{\"engine_ns\":%.1f,\"hand_ns\":%.1f}\n", engine_ns, hand_ns);
  return 0;
}
