// A line of text as a `where` condition, the next as a line of an export: refused with its place, or it holds
// exactly where its negation does not.
#include <string>

#include "collector/ingest/json_check.hpp"
#include "collector/reading/line_condition.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string audiences[] = {"keen"};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string where(input.substr(0, end));
  const std::string line(input.substr(std::min(end + 1, input.size())));
  const auto condition = LineCondition::compile(where, audiences);
  if (!condition) {
    fuzz::require(condition.error().field == "where", "a mistake names its field");
    fuzz::require(condition.error().message.starts_with("where:"), "and its place");
    return 0;
  }
  const auto opposite = LineCondition::compile("{\"$nor\":[" + where + "]}", audiences);
  const auto holds = condition->holds(line);
  if (!holds) {
    fuzz::require(holds.error().code == ErrorCode::not_json, "a line that is none says so");
    fuzz::require(!is_plain_json(line) || line.find('{') != 0, "and is none");
    return 0;
  }
  if (!opposite) return 0;  // one deeper than allowed
  const auto does_not = opposite->holds(line);
  fuzz::require(does_not && *does_not != *holds, "a condition holds or its negation does");
  return 0;
}
