// The events of a file, one after the other: JSON lines or CSV, gzipped or not. Constant memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "collector/error.hpp"
#include "collector/import/csv_reader.hpp"
#include "collector/import/row_mapping.hpp"
#include "collector/import/text_source.hpp"
#include "collector/journal/accepted_batch.hpp"

namespace desirepath::collector {

struct ImportedRow {
  std::uint64_t line = 0;  // where it begins, from 1
  std::string mistake;     // not empty: the row is left out, and why
  AcceptedEvent event;
};

class EventSource {
 public:
  // The kind is told by the name: .jsonl .ndjson .csv, each also with .gz. `map` is the path of a mapping
  // file for CSV, empty for none. A row without a messageId gets one from the SHA-256 of the file's text and
  // its number, so the same file imported again is the same events, and ties keep the order of the file.
  static Result<EventSource> open(const std::filesystem::path& file, const std::filesystem::path& map,
                                  std::int64_t now_ms);

  // False at the end, or when the file turns out damaged: `failed`.
  bool next(ImportedRow& row);
  bool failed() const { return source_->failed(); }
  // Part of the file read, 0…1.
  double progress() const;

 private:
  EventSource(std::unique_ptr<TextSource> source, std::string hash, std::int64_t now_ms);
  bool next_line(ImportedRow& row);
  bool next_record(ImportedRow& row);
  void accept(ImportedRow& row, std::string json);

  std::unique_ptr<TextSource> source_;
  std::optional<CsvReader> csv_;
  std::optional<RowMapping> mapping_;
  std::string hash_;
  std::int64_t now_ms_;
  std::uint64_t line_ = 0;
  std::uint64_t row_ = 0;
};

}  // namespace desirepath::collector
