// Whether a journal is what was written, without opening it for writing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

struct CheckedJournal {
  std::uint64_t batches = 0;
  std::uint64_t last = 0;             // the largest number; 0 where there is none
  std::uint64_t removed_up_to = 0;    // Journal::removed_up_to
  std::vector<std::string> mistakes;  // each one line
};

// Reads every batch of every file: checksums, and numbers that only grow, from file to file. Another process
// may write to it and release files meanwhile.
Result<CheckedJournal> check_journal(const std::filesystem::path& directory);

// Says that a profile store folded to `folded` lacks what the journal has let go of since, and what to do.
std::string lost_batches(std::uint64_t folded, std::uint64_t removed_up_to);

}  // namespace desirepath::collector
