#include "collector/import/csv_reader.hpp"

#include <algorithm>

#include "collector/import/limits.hpp"

namespace desirepath::collector {

Result<CsvReader> CsvReader::open(TextSource& source) {
  CsvReader reader(source);
  CsvRecord header;
  if (!reader.read(header))
    return failure(ErrorCode::bad_file, "is empty: the first line of a CSV names its columns");
  if (!header.mistake.empty()) return failure(ErrorCode::bad_file, "line 1: " + header.mistake);
  if (header.fields[0].starts_with("\xEF\xBB\xBF")) header.fields[0].erase(0, 3);
  std::vector<std::string> sorted = header.fields;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end())
    return failure(ErrorCode::bad_file, "line 1: column '" + *twice + "' is named twice");
  reader.columns_ = std::move(header.fields);
  return reader;
}

bool CsvReader::next(CsvRecord& record) {
  do {
    if (!read(record)) return false;
  } while (record.mistake.empty() && record.fields.size() == 1 && record.fields[0].empty());
  if (record.mistake.empty() && record.fields.size() != columns_.size()) {
    record.mistake = std::to_string(record.fields.size()) + " fields where the header has " +
                     std::to_string(columns_.size());
  }
  return true;
}

// After the opening quote; ends before the separator or the line end. False at the end of the file.
bool CsvReader::read_quoted(std::string& field, CsvRecord& record, std::size_t& bytes) {
  for (int byte = source_->next_byte(); byte >= 0; byte = source_->next_byte()) {
    if (byte == '"') {
      if (source_->peek_byte() != '"') return true;
      source_->next_byte();
    }
    if (byte == '\n') ++line_;
    if (++bytes <= kImportLineBytesMax) field.push_back(static_cast<char>(byte));
  }
  record.mistake = "a quoted field is not closed";
  return false;
}

bool CsvReader::read(CsvRecord& record) {
  record.line = line_;
  record.mistake.clear();
  record.fields.assign(1, {});
  std::size_t bytes = 0;
  int byte = source_->next_byte();
  if (byte < 0) return false;
  bool at_start = true;
  while (byte >= 0 && byte != '\n') {
    if (byte == ',') {
      if (record.fields.size() < kImportColumnsMax) {
        record.fields.emplace_back();
      } else {
        record.mistake = "more than " + std::to_string(kImportColumnsMax) + " columns";
      }
      at_start = true;
    } else if (byte == '"' && at_start) {
      read_quoted(record.fields.back(), record, bytes);
      at_start = false;
    } else if (byte != '\r' || source_->peek_byte() != '\n') {
      if (++bytes <= kImportLineBytesMax) record.fields.back().push_back(static_cast<char>(byte));
      at_start = false;
    }
    byte = source_->next_byte();
  }
  ++line_;
  if (bytes > kImportLineBytesMax)
    record.mistake = "longer than " + std::to_string(kImportLineBytesMax) + " bytes";
  return true;
}

}  // namespace desirepath::collector
