// The engine alone, natively, on a shop's journey: events a second on one core. People come in sessions of
// ten events over minutes; each session takes a person's state from its bytes and puts it back.
// usage: desirepath_shop_bench JOURNEY.json    Prints {"events_per_s":…,"decisions":…,"state_bytes":…}

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sdk/compiler/compile.hpp"
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"
#include "sdk/engine/value_writer.hpp"

namespace {

using namespace desirepath;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kProfiles = 20'000;
constexpr int kVisits = 5;
constexpr std::int64_t kStart = 1767225600000;
constexpr std::int64_t kBetweenEventsMs = 40'000;
constexpr std::int64_t kBetweenVisitsMs = std::int64_t{36} * 3600 * 1000;

// An event of a visit, as the tagged value of the whole event.
struct ShopEvent {
  EventType type;
  std::string name;
  std::vector<std::uint8_t> tree;
};

using Property = std::pair<const char*, const char*>;

ShopEvent shop_event(EventType type, const char* name, std::initializer_list<Property> texts,
                     double value = 0) {
  ValueWriter writer;
  writer.open_object();
  writer.key("properties");
  writer.open_object();
  for (const auto& [key, text] : texts) {
    writer.key(key);
    writer.string(text);
  }
  if (value != 0) {
    for (const char* key : {"cart_value", "revenue", "price"}) {
      writer.key(key);
      writer.number(value);
    }
  }
  writer.close();
  writer.key("context");
  writer.open_object();
  writer.key("page");
  writer.open_object();
  writer.key("url");
  writer.string("https://shop.example/shop/shoes?utm_source=news&utm_campaign=autumn");
  writer.key("referrer");
  writer.string("https://www.example.org/");
  writer.close();
  writer.key("utcOffset");
  writer.number(60);
  writer.close();
  writer.close();
  return {type, name, writer.take()};
}

// A visit of ten events; every fifth person buys.
std::vector<ShopEvent> visit(const char* category, bool buys) {
  using enum EventType;
  std::vector<ShopEvent> events;
  events.push_back(shop_event(page, "page", {{"kind", "home"}, {"title", "Home"}}));
  events.push_back(shop_event(track, "Product List Viewed", {{"category", category}}));
  events.push_back(shop_event(page, "page", {{"kind", "list"}, {"title", "List"}}));
  for (const char* sku : {"S-1", "S-2", "S-3"}) {
    events.push_back(shop_event(track, "Product Viewed", {{"category", category}, {"sku", sku}}, 120));
  }
  events.push_back(shop_event(page, "page", {{"kind", "product"}, {"title", "Boots"}}));
  events.push_back(shop_event(track, "Product Added", {{"category", category}, {"sku", "S-3"}}, 120));
  events.push_back(shop_event(track, "Cart Updated", {{"currency", "EUR"}}, 120));
  events.push_back(buys ? shop_event(track, "Order Completed", {{"order_id", "O-1"}}, 120)
                        : shop_event(page, "page", {{"kind", "home"}, {"title", "Home"}}));
  return events;
}

// Folds an event, and what is due before it. Decisions it brought.
std::size_t fold(EngineHost& host, const Event& event) {
  std::size_t decisions = 0;
  while (true) {
    Outcome outcome = host.outcome();
    const StepError error = step(host.program(), host.state(), event, Effects::at_once, outcome);
    if (error != StepError::none && error != StepError::more) std::abort();
    decisions += outcome.decisions().size();
    if (error == StepError::none) return decisions;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  std::ifstream in(argv[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const compiler::CompileResult compiled = compiler::compile_journey(text, argv[1]);
  if (!compiled.journey) return 1;
  const LoadedProgram loaded = Program::load(compiled.journey->program);
  EngineHost host(loaded.program);

  std::vector<std::vector<ShopEvent>> visits;
  for (const char* category : {"shoes", "packs", "camp"}) {
    for (const bool buys : {false, true}) visits.push_back(visit(category, buys));
  }
  std::vector<std::vector<std::uint8_t>> states(kProfiles);
  std::size_t events = 0;
  std::size_t decisions = 0;
  std::string message_id = "00000000000000000000";
  const auto begin = Clock::now();
  for (int round = 0; round < kVisits; ++round) {
    for (std::size_t person = 0; person < kProfiles; ++person) {
      std::vector<std::uint8_t>& state = states[person];
      if (state.empty()) {
        host.state().reset();
      } else if (!host.adopt(state)) {
        std::abort();
      }
      std::int64_t time_ms = kStart + round * kBetweenVisitsMs + static_cast<std::int64_t>(person);
      const std::size_t kind = person % 3 * 2 + (person % 5 == 0 ? 1 : 0);
      for (const ShopEvent& sample : visits[kind]) {
        message_id.replace(message_id.size() - 13, 13, std::to_string(time_ms));
        bind_facts(host.program(), Value::read(sample.tree.data()), sample.type, host.facts());
        decisions += fold(host, Event{time_ms, sample.type, message_id, sample.name, host.facts()});
        time_ms += kBetweenEventsMs;
        ++events;
      }
      const auto bytes = host.state().bytes();
      state.assign(bytes.begin(), bytes.end());
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::size_t largest = 0;
  for (const auto& state : states) largest = std::max(largest, state.size());
  std::printf("{\"events_per_s\":%.0f,\"decisions\":%zu,\"state_bytes\":%zu}\n",
              static_cast<double>(events) / seconds, decisions, largest);
  return decisions == 0 ? 1 : 0;
}
