#include "sdk/compiler/kpi_formula.hpp"

#include <algorithm>

#include "sdk/compiler/diagnostic.hpp"
#include "sdk/compiler/duration.hpp"

namespace desirepath::compiler {

namespace {

constexpr std::string_view kFunction = "conversion";
constexpr std::string_view kForm = "conversion(FROM, TO, WITHIN), such as \"conversion(evaluate, buy, 14d)\"";
constexpr std::size_t kArguments = 3;

struct Word {
  std::size_t index;
  std::string text;
};

Word trimmed(std::string_view text, std::size_t begin, std::size_t end) {
  while (begin < end && text[begin] == ' ') ++begin;
  while (end > begin && text[end - 1] == ' ') --end;
  return {begin, std::string(text.substr(begin, end - begin))};
}

std::vector<Word> split_arguments(std::string_view text, std::size_t begin, std::size_t end) {
  std::vector<Word> words;
  while (true) {
    const std::size_t comma = std::min(text.find(',', begin), end);
    words.push_back(trimmed(text, begin, comma));
    if (comma == end) return words;
    begin = comma + 1;
  }
}

}  // namespace

FormulaReading read_kpi_formula(std::string_view text, const std::vector<std::string>& stages) {
  FormulaReading reading;
  const std::size_t open = text.find('(');
  const Word function = trimmed(text, 0, std::min(open, text.size()));
  const std::size_t last = text.find_last_not_of(' ');
  if (function.text != kFunction || open == std::string_view::npos || text[last] != ')') {
    reading.problems.push_back(
        {function.index, "a KPI's formula is " + std::string(kForm) + ", not '" + std::string(text) + "'"});
    return reading;
  }
  const std::vector<Word> arguments = split_arguments(text, open + 1, last);
  if (arguments.size() != kArguments) {
    reading.problems.push_back({open, "a KPI's formula has " + std::to_string(kArguments) +
                                          " arguments, not " + std::to_string(arguments.size()) + ": " +
                                          std::string(kForm)});
    return reading;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (std::find(stages.begin(), stages.end(), arguments[i].text) != stages.end()) continue;
    reading.problems.push_back({arguments[i].index, "unknown stage '" + arguments[i].text + "'" +
                                                        did_you_mean(arguments[i].text, stages)});
  }
  const std::optional<std::int64_t> within_ms = parse_duration(arguments[2].text);
  if (!within_ms) {
    reading.problems.push_back(
        {arguments[2].index, "'" + arguments[2].text + "' is no duration, such as 14d"});
  }
  if (reading.problems.empty()) {
    reading.formula = KpiFormula{arguments[0].text, arguments[1].text, *within_ms};
  }
  return reading;
}

}  // namespace desirepath::compiler
