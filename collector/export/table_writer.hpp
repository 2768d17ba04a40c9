// Rows out as JSON lines or CSV, in a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

enum class ExportFormat : std::uint8_t { jsonl, csv };

// "jsonl" or "csv".
std::optional<ExportFormat> parse_export_format(std::string_view word);

// Where text goes, in pieces of any size; an error ends the export.
using ExportSink = std::function<Result<void>(std::string_view)>;

// One CSV cell: quoted where needed, and safe in a spreadsheet: text that a spreadsheet would run (it begins
// with tab or carriage return, or after white space with = + - @, in full width too) gets an apostrophe
// before it.
void append_csv_cell(std::string& line, std::string_view text);

// A line of CSV in the making: cells in the order of the columns.
class CsvLine {
 public:
  CsvLine& add(std::string_view text) {
    if (any_) line_ += ',';
    any_ = true;
    append_csv_cell(line_, text);
    return *this;
  }
  // The line with its line end; the next one is begun.
  std::string take() {
    line_ += "\r\n";
    any_ = false;
    std::string done;
    done.swap(line_);
    return done;
  }

 private:
  std::string line_;
  bool any_ = false;
};

}  // namespace desirepath::collector
