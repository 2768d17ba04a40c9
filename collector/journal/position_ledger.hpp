// Remembers which batch numbers may have been used, so that none is used twice even if journal files vanish.
//
// Numbers are reserved in blocks, durably, before the first of a block is used. A clean close gives the rest
// of the block back; after a crash the rest is skipped. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>

#include "collector/error.hpp"

namespace desirepath::collector {

class PositionLedger {
 public:
  // Reads the ledger at `file`; a missing one is that of a new journal. `used` is the largest number found in
  // the journal's files.
  static Result<PositionLedger> open(const std::filesystem::path& file, std::uint64_t used);

  // Hands out `count` numbers on end and returns the first.
  Result<std::uint64_t> take(std::uint64_t count);
  // Gives back what was reserved and not taken.
  Result<void> close();

 private:
  PositionLedger(std::filesystem::path file, std::uint64_t next)
      : file_(std::move(file)), next_(next), limit_(next) {}
  std::filesystem::path file_;
  std::uint64_t next_;
  std::uint64_t limit_;  // the first number that is not reserved
};

}  // namespace desirepath::collector
