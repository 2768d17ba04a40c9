// CSV as RFC 4180 has it, in a stream: quoted fields with doubled quotes and line ends inside, \n or \r\n, an
// optional byte order mark. Constant memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/import/text_source.hpp"

namespace desirepath::collector {

struct CsvRecord {
  std::uint64_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
  std::string mistake;  // not empty: what is wrong with this record; the next one may be fine
};

class CsvReader {
 public:
  // Reads the header. The source must outlive the reader.
  static Result<CsvReader> open(TextSource& source);

  const std::vector<std::string>& columns() const { return columns_; }
  // False at the end. A record with another number of fields than the header has is a mistake; empty lines
  // are none.
  bool next(CsvRecord& record);

 private:
  explicit CsvReader(TextSource& source) : source_(&source) {}
  bool read(CsvRecord& record);
  bool read_quoted(std::string& field, CsvRecord& record, std::size_t& bytes);

  TextSource* source_;
  std::vector<std::string> columns_;
  std::uint64_t line_ = 1;
};

}  // namespace desirepath::collector
