#include "collector/journal/position_ledger.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

#include "collector/journal/limits.hpp"
#include "collector/store/sync_directory.hpp"

namespace desirepath::collector {

Result<PositionLedger> PositionLedger::open(const std::filesystem::path& file, std::uint64_t used) {
  std::uint64_t reserved = 1;
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    std::ifstream in(file);
    std::string text;
    const bool read = static_cast<bool>(std::getline(in, text));
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), reserved);
    if (!read || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || reserved == 0) {
      return failure(ErrorCode::storage, file.string() + ": is not a position; restore it from a backup");
    }
  } else if (error) {
    return failure(ErrorCode::io, file.string() + ": " + error.message());
  }
  return PositionLedger(file, std::max(reserved, used + 1));
}

Result<std::uint64_t> PositionLedger::take(std::uint64_t count) {
  if (next_ + count > limit_) {
    const std::uint64_t limit = next_ + std::max(count, kJournalPositionsReserved);
    if (auto written = replace_file(file_, std::to_string(limit) + "\n"); !written) {
      return tl::make_unexpected(std::move(written.error()));
    }
    limit_ = limit;
  }
  const std::uint64_t first = next_;
  next_ += count;
  return first;
}

Result<void> PositionLedger::close() {
  if (limit_ == next_) return {};
  limit_ = next_;
  return replace_file(file_, std::to_string(next_) + "\n");
}

}  // namespace desirepath::collector
