#include "collector/import/event_source.hpp"

#include <cstdio>
#include <utility>

#include "collector/import/event_row.hpp"
#include "collector/import/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kHashDigits = 16;

enum class FileKind : std::uint8_t { unknown, lines, csv };

FileKind kind_of(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  if (name.ends_with(".jsonl") || name.ends_with(".ndjson")) return FileKind::lines;
  return name.ends_with(".csv") ? FileKind::csv : FileKind::unknown;
}

Result<std::string> read_map(const std::filesystem::path& file) {
  auto source = TextSource::open(file);
  if (!source) return tl::unexpected(source.error());
  std::string text;
  for (int byte = source->next_byte(); byte >= 0; byte = source->next_byte()) {
    if (text.size() == kImportMapBytesMax)
      return failure(ErrorCode::bad_file, file.string() + ": is too large");
    text.push_back(static_cast<char>(byte));
  }
  return text;
}

Error in_file(const std::filesystem::path& file, Error error) {
  error.message = file.string() + ": " + error.message;
  return error;
}

}  // namespace

EventSource::EventSource(std::unique_ptr<TextSource> source, std::string hash, std::int64_t now_ms)
    : source_(std::move(source)), hash_(std::move(hash)), now_ms_(now_ms) {}

Result<EventSource> EventSource::open(const std::filesystem::path& file, const std::filesystem::path& map,
                                      std::int64_t now_ms) {
  const FileKind kind = kind_of(file);
  if (kind == FileKind::unknown) {
    return failure(ErrorCode::bad_file,
                   file.string() + ": what kind of file is it? Known are .jsonl .ndjson .csv, also .gz");
  }
  if (kind == FileKind::lines && !map.empty()) {
    return failure(ErrorCode::bad_file, "--map is for CSV; " + file.string() + " has events already");
  }
  auto hash = text_sha256(file);
  if (!hash) return tl::unexpected(hash.error());
  auto opened = TextSource::open(file);
  if (!opened) return tl::unexpected(opened.error());
  EventSource events(std::make_unique<TextSource>(*std::move(opened)), hash->substr(0, kHashDigits), now_ms);
  if (kind == FileKind::lines) return events;
  auto csv = CsvReader::open(*events.source_);
  if (!csv) return tl::unexpected(in_file(file, csv.error()));
  if (map.empty()) {
    events.mapping_ = RowMapping::plain(csv->columns());
  } else {
    auto text = read_map(map);
    if (!text) return tl::unexpected(text.error());
    auto mapping = RowMapping::parse(*text, csv->columns());
    if (!mapping) return tl::unexpected(in_file(map, mapping.error()));
    events.mapping_ = *std::move(mapping);
  }
  events.csv_ = *std::move(csv);
  return events;
}

bool EventSource::next(ImportedRow& row) {
  row.mistake.clear();
  return csv_ ? next_record(row) : next_line(row);
}

bool EventSource::next_line(ImportedRow& row) {
  std::string line;
  bool was_cut = false;
  do {
    line.clear();
    if (!source_->next_line(line, kImportLineBytesMax, was_cut)) return false;
    ++line_;
    if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  } while (line.find_first_not_of(" \t") == std::string::npos);
  row.line = line_;
  ++row_;
  if (was_cut) {
    row.mistake = "is longer than " + std::to_string(kImportLineBytesMax) + " bytes";
  } else {
    accept(row, std::move(line));
  }
  return true;
}

bool EventSource::next_record(ImportedRow& row) {
  CsvRecord record;
  if (!csv_->next(record)) return false;
  row.line = record.line;
  ++row_;
  if (!record.mistake.empty()) {
    row.mistake = std::move(record.mistake);
    return true;
  }
  auto json = mapping_->event_json(record.fields);
  if (json) {
    accept(row, *std::move(json));
  } else {
    row.mistake = json.error().message;
  }
  return true;
}

void EventSource::accept(ImportedRow& row, std::string json) {
  char id[64];
  std::snprintf(id, sizeof id, "%s-%010llu", hash_.c_str(), static_cast<unsigned long long>(row_));
  auto accepted = accept_row(std::move(json), id, now_ms_);
  if (accepted) {
    row.event = *std::move(accepted);
  } else {
    row.mistake = accepted.error().message;
  }
}

double EventSource::progress() const {
  const auto total = static_cast<double>(source_->bytes_total());
  return total > 0 ? static_cast<double>(source_->bytes_read()) / total : 1;
}

}  // namespace desirepath::collector
