// Writes what fuzzers of bytes begin with: programs, states, event records and takeovers that are sound.
//
//   desirepath_fuzz_seeds FOLDER      files FOLDER/program/…, FOLDER/state/…, FOLDER/event/…,
//   FOLDER/takeover/…
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fuzz/exercise.hpp"
#include "tests/fuzz/fuzz_journey.hpp"
#include "tests/tagged_json.hpp"

using namespace desirepath;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::int64_t kStoryBeginsMs = std::int64_t{1} << 38;
constexpr std::int64_t kHourMs = 60 * 60 * 1000;

template <typename T>
void append(Bytes& bytes, T value) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), begin, begin + sizeof value);
}

void append_text(Bytes& bytes, std::string_view text) {
  append(bytes, static_cast<std::uint32_t>(text.size()));
  bytes.insert(bytes.end(), text.begin(), text.end());
}

// A record in which each fact is a text that is a number too.
Bytes event_record(const Program& program, std::int64_t time_ms, EventType type, std::string_view name) {
  Bytes record;
  append(record, time_ms);
  append(record, static_cast<std::uint32_t>(type));
  append(record, program.facts().size());
  append_text(record, "m");
  append_text(record, name);
  for (std::uint32_t fact = 0; fact < program.facts().size(); ++fact) {
    append(record, fact);
    append(record, std::uint8_t{4});
    append_text(record, "60");
  }
  return record;
}

struct StoryEvent {
  EventType type;
  const char* name;
  const char* body;
};

// A life that leaves a record of every family behind.
constexpr StoryEvent kStory[] = {
    {EventType::page, "page",
     R"({"context":{"locale":"de-AT","timezone":"Europe/Vienna","screen":{"width":800},
         "page":{"url":"https://shop.example/?utm_source=x&gclid=1","referrer":"https://www.google.com/"},
         "consent":{"categoryPreferences":{"marketing":true}}}})"},
    {EventType::identify, "identify", R"({"traits":{"email":"a@b","plan":"plus","complaint":1}})"},
    {EventType::track, "Product Viewed", R"({"properties":{"category":"shoes","price":60,"brand":"b"}})"},
    {EventType::track, "Product Compared", R"({"properties":{"count":2}})"},
    {EventType::track, "Product Viewed", R"({"properties":{"category":"Shoes","price":30,"brand":"c"}})"},
    {EventType::track, "Order Completed", R"({"properties":{"revenue":12.5}})"},
    {EventType::track, "Plan Renewed", R"({"properties":{"until":"2099-01-01"}})"},
    {EventType::track, "Field Asked", R"({"properties":{"field":"email"}})"},
    {EventType::track, "Cart Updated",
     R"({"properties":{"cart_value":60},"userId":"u1","anonymousId":"a1"})"},
    {EventType::track, "Decision Reserved",
     R"({"properties":{"decisionId":"m~cart_rescue~email","trigger":"cart_rescue","purpose":"cart_reminder",
         "promise":"free_shipping","channel":"email"}})"},
    {EventType::track, "Decision Exposed",
     R"({"properties":{"decisionId":"n~cart_rescue~web","trigger":"cart_rescue","purpose":"cart_reminder",
         "promise":"free_shipping","channel":"web"}})"},
    {EventType::track, "Experiment Assigned",
     R"({"properties":{"experiment":"guide_words","treatment":"words=0","unit":"a1"}})"},
};

Bytes tree_of(std::string_view body) {
  compiler::Diagnostics diagnostics("event", body);
  ValueWriter writer;
  tests::write_json(writer, *compiler::parse_json(body, diagnostics));
  return writer.take();
}

Bytes lived_state(const Program& program) {
  EngineHost host(program);
  std::int64_t now_ms = kStoryBeginsMs;
  for (const StoryEvent& told : kStory) {
    const Bytes tree = tree_of(told.body);
    bind_facts(program, Value::read(tree.data()), told.type, host.facts());
    const Event event{now_ms += kHourMs / 60, told.type, "m", told.name, host.facts()};
    if (host.step(event, Effects::recorded, [](const Outcome&) {}) != StepError::none) std::abort();
  }
  const auto bytes = host.state().bytes();
  return {bytes.begin(), bytes.end()};
}

Bytes takeover(bool is_back, const Bytes& before, const Bytes& after) {
  Bytes input{static_cast<std::uint8_t>(is_back)};
  input.resize(1 + kTimeBytes);
  store_time(&input[1], kStoryBeginsMs + kHourMs);
  append(input, static_cast<std::uint16_t>(before.size()));
  input.insert(input.end(), before.begin(), before.end());
  input.insert(input.end(), after.begin(), after.end());
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  const std::filesystem::path folder = argv[1];
  const auto write = [&](const char* subject, const std::string& name, const Bytes& bytes) {
    std::filesystem::create_directories(folder / subject);
    std::ofstream(folder / subject / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  const Program program = Program::load(fuzz::program_bytes()).program;
  const Program earlier = Program::load(fuzz::earlier_program_bytes()).program;
  write("program", "full", fuzz::program_bytes());
  write("program", "device", fuzz::device_program_bytes());
  const Bytes state = lived_state(program);
  const Bytes state_before = lived_state(earlier);
  write("state", "lived", state);
  write("takeover", "forth", takeover(false, state_before, state));
  write("takeover", "back", takeover(true, state, state_before));
  Bytes all;
  for (std::uint32_t i = 0; i < program.events().size(); ++i) {
    const std::string_view name = program.string(program.events()[i].name);
    const EventType type = name == "identify" ? EventType::identify : EventType::track;
    const Bytes record = event_record(program, 1000 * i, type, name);
    append(all, static_cast<std::uint16_t>(record.size()));
    all.insert(all.end(), record.begin(), record.end());
  }
  write("event", "each", all);
  return 0;
}
