// Any text as a receipt: refused with a reason, or a fact that ingest takes in and that is the same fact each
// time.
#include <string>

#include "collector/fold/journeys.hpp"
#include "collector/ingest/json_check.hpp"
#include "collector/receipt/receipt_event.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

namespace {

constexpr std::int64_t kNowMs = 1'800'000'000'000;

struct Loaded {
  Journeys journeys;
  Loaded() {
    const JourneySource source{"f.journey.json",
                               R"({"schema":"desirepath/journey/1","journey":"f","version":1,
      "identifiers":{"email":{"trait":"email"}},"channels":{"email":{}},
      "triggers":[{"id":"t","event":"E","purpose":"p","promise":"s","do":[{"channel":"email"}]}]})"};
    fuzz::require(journeys.load_sources(std::span(&source, 1)).empty(), "the journey compiles");
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Loaded loaded;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (!is_plain_json(text)) return 0;
  const auto find = [](std::string_view, std::string_view value) -> Result<std::optional<KnownPerson>> {
    return value == "a" ? std::optional(KnownPerson{"ann", ""}) : std::nullopt;
  };
  const auto read = [&] { return receipt_event(text, *loaded.journeys.current(), find); };
  const auto fact = read();
  fuzz::require(fact.has_value(), "nothing fails where finding a person does not");
  if (!*fact) {
    fuzz::require(!fact->error().message.empty(), "a refusal says why");
    fuzz::require(fact->error().code == RejectCode::bad_receipt, "with its own code");
    return 0;
  }
  fuzz::require(**read() == **fact, "the same receipt is the same fact");
  const auto checked = read_event(**fact, EventCircumstance{kNowMs, std::nullopt, nullptr, 1u << 20});
  if (!checked) return 0;
  fuzz::require_sound(checked->event, kNowMs);
  return 0;
}
