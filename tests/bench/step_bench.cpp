// One event against many rules, natively: nanoseconds a step, beside an index written by hand for this very
// case. usage: desirepath_step_bench JOURNEY.json RULES    (the journey of step.bench.mjs) Prints
// {"engine_ns":…,"hand_ns":…}; the two are measured in turns.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
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

struct Sample {
  std::string category;
  double price;
  std::vector<std::uint8_t> tree;
};

std::vector<Sample> samples(int categories) {
  std::vector<Sample> made;
  for (int i = 0; i < 256; ++i) {
    Sample sample{"c" + std::to_string(i * 7 % categories), static_cast<double>(50 + i % 50), {}};
    ValueWriter writer;
    writer.open_object();
    writer.key("properties");
    writer.open_object();
    writer.key("category");
    writer.string(sample.category);
    writer.key("price");
    writer.number(sample.price);
    for (const char* key : {"sku", "name", "brand", "currency", "colour", "size", "list", "position"}) {
      writer.key(key);
      writer.string("some value");
    }
    writer.close();
    writer.close();
    sample.tree = writer.take();
    made.push_back(std::move(sample));
  }
  return made;
}

// What a person would write for rules "category is x and price is at least y" and nothing else.
class HandIndex {
 public:
  HandIndex(int rules, int categories) {
    for (int i = 0; i < rules; ++i)
      rules_["c" + std::to_string(i % categories)].push_back(i / categories % 50);
  }
  int matches(const Value& tree) const {
    const Value properties = tree.at("properties");
    const auto found = rules_.find(std::string(properties.at("category").text()));
    if (found == rules_.end()) return 0;
    const double price = properties.at("price").number();
    int count = 0;
    for (const int least : found->second) count += price >= least ? 1 : 0;
    return count;
  }

 private:
  std::unordered_map<std::string, std::vector<int>> rules_;
};

template <typename Run>
double best_ns(std::size_t count, Run run) {
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
  const int categories = rules < 100 ? rules : 100;
  const compiler::CompileResult compiled = compiler::compile_journey(text, argv[1]);
  if (!compiled.journey) return 1;
  const LoadedProgram loaded = Program::load(compiled.journey->program);
  const Program& program = loaded.program;
  EngineHost host(program);
  const HandIndex hand(rules, categories);
  const std::vector<Sample> events = samples(categories);

  const std::size_t repeats = 100;
  const std::size_t count = repeats * events.size();
  double engine_ns = 1e18;
  double hand_ns = 1e18;
  long fired = 0;
  for (int round = 0; round < kRounds; ++round) {
    host.state().reset();
    engine_ns =
        std::min(engine_ns, best_ns(count, [&] {
                   std::int64_t time_ms = kStart;
                   for (std::size_t i = 0; i < repeats; ++i) {
                     for (const Sample& sample : events) {
                       bind_facts(program, Value::read(sample.tree.data()), EventType::track, host.facts());
                       const Event event{time_ms++, EventType::track, "m", "Product Viewed", host.facts()};
                       Outcome outcome = host.outcome();
                       if (step(program, host.state(), event, Effects::recorded, outcome) != StepError::none)
                         std::abort();
                       fired += static_cast<long>(outcome.decisions().size());
                     }
                   }
                 }));
    hand_ns = std::min(hand_ns, best_ns(count, [&] {
                         for (std::size_t i = 0; i < repeats; ++i) {
                           for (const Sample& sample : events)
                             fired -= hand.matches(Value::read(sample.tree.data()));
                         }
                       }));
  }
  if (fired != 0) {
    std::fprintf(stderr, "the engine and the index written by hand disagree by %ld\n", fired);
    return 1;
  }
  std::printf("{\"engine_ns\":%.1f,\"hand_ns\":%.1f}\n", engine_ns, hand_ns);
  return 0;
}
