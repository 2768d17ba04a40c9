#include "collector/export/table_writer.hpp"

#include <algorithm>
#include <iterator>

namespace desirepath::collector {

std::optional<ExportFormat> parse_export_format(std::string_view word) {
  if (word == "jsonl") return ExportFormat::jsonl;
  if (word == "csv") return ExportFormat::csv;
  return std::nullopt;
}

namespace {

// What spreadsheets pass over before they look for a formula, and what begins one: also in full width.
constexpr std::string_view kSkipped = " \t\r\n\v\f";
constexpr std::string_view kMarks[] = {
    "=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool runs_in_a_spreadsheet(std::string_view text) {
  if (text.starts_with('\t') || text.starts_with('\r')) return true;
  while (true) {
    const std::size_t before = text.size();
    text.remove_prefix(std::min(text.find_first_not_of(kSkipped), text.size()));
    for (const std::string_view skipped : {kNoBreakSpace, kByteOrderMark}) {
      if (text.starts_with(skipped)) text.remove_prefix(skipped.size());
    }
    if (text.size() == before) break;
  }
  return std::any_of(std::begin(kMarks), std::end(kMarks),
                     [&](std::string_view mark) { return text.starts_with(mark); });
}

}  // namespace

void append_csv_cell(std::string& line, std::string_view text) {
  const bool is_formula = runs_in_a_spreadsheet(text);
  if (!is_formula && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  if (is_formula) line += '\'';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

}  // namespace desirepath::collector
