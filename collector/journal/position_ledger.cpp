#include "collector/journal/position_ledger.hpp"

#include <algorithm>

#include "collector/journal/limits.hpp"
#include "collector/journal/position_file.hpp"

namespace desirepath::collector {

Result<PositionLedger> PositionLedger::open(const std::filesystem::path& file, std::uint64_t used) {
  const auto reserved = read_position(file);
  if (!reserved) return tl::make_unexpected(reserved.error());
  return PositionLedger(file, std::max(reserved->value_or(1), used + 1));
}

Result<std::uint64_t> PositionLedger::take(std::uint64_t count) {
  if (next_ + count > limit_) {
    const std::uint64_t limit = next_ + std::max(count, kJournalPositionsReserved);
    if (auto written = write_position(file_, limit); !written) {
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
  return write_position(file_, next_);
}

}  // namespace desirepath::collector
