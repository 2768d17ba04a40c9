// Any bytes as a CSV file: each row is told what is wrong with it or is an event in JSON. And as a mapping
// over two columns, and as the cells of an export: what is written is read back.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "collector/export/table_writer.hpp"
#include "collector/import/csv_reader.hpp"
#include "collector/import/event_row.hpp"
#include "collector/import/row_mapping.hpp"
#include "collector/import/text_source.hpp"
#include "collector/ingest/json_mistake.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

namespace {

constexpr std::int64_t kNowMs = 1'800'000'000'000;

TextSource source_of(std::string_view text) {
  static const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("desirepath-fuzz-csv-" + std::to_string(::getpid()));
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  auto source = TextSource::open(file);
  std::filesystem::remove(file);
  fuzz::require(source.has_value(), "a file that is there can be read");
  return *std::move(source);
}

void check_rows(std::string_view text) {
  TextSource source = source_of(text);
  auto reader = CsvReader::open(source);
  if (!reader) return fuzz::require(!reader.error().message.empty(), "a refusal says why");
  const RowMapping mapping = RowMapping::plain(reader->columns());
  std::uint64_t line = 0;
  for (CsvRecord record; reader->next(record);) {
    fuzz::require(record.line > line, "each row has its own place");
    line = record.line;
    if (!record.mistake.empty()) continue;
    fuzz::require(record.fields.size() == reader->columns().size(), "a row has the header's columns");
    const auto event = mapping.event_json(record.fields);
    if (!event) continue;
    const auto accepted = accept_row(*event, "row-1", kNowMs);
    if (!accepted) {
      fuzz::require(!accepted.error().message.empty(), "a refused row says why");
      continue;
    }
    fuzz::require_sound(*accepted, kNowMs);
  }
}

void check_mapping(std::string_view text) {
  const std::string columns[] = {"a", "b"};
  const auto mapping = RowMapping::parse(text, columns);
  if (!mapping) return fuzz::require(!mapping.error().message.empty(), "a refusal says why");
  const std::string fields[] = {"1", "x\"\n"};
  if (const auto event = mapping->event_json(fields)) {
    fuzz::require(!find_json_mistake(*event), "a mapped row is JSON");
  }
}

void check_cells(std::string_view text) {
  CsvLine line;
  const std::string file = "one,two\r\n" + line.add(text).add("end").take();
  TextSource source = source_of(file);
  auto reader = CsvReader::open(source);
  fuzz::require(reader.has_value(), "what was written can be read");
  CsvRecord record;
  fuzz::require(reader->next(record) && record.mistake.empty(), "each line is a row");
  fuzz::require(record.fields.size() == 2 && record.fields[1] == "end", "each cell is one");
  const std::string& cell = record.fields[0];
  fuzz::require(cell == text || cell == "'" + std::string(text), "what was written is read back");
  const std::size_t first = cell.find_first_not_of(" \t\r\n\v\f");
  fuzz::require(
      first == std::string::npos || std::string_view("=+-@").find(cell[first]) == std::string_view::npos,
      "no cell is a formula");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 16'384) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 3) {
    case 0: check_rows(text); break;
    case 1: check_mapping(text); break;
    default: check_cells(text); break;
  }
  return 0;
}
