// The journal's batches, copied while it is written to.
#pragma once

#include <filesystem>

#include "collector/error.hpp"
#include "collector/journal/journal.hpp"

namespace desirepath::collector {

// Writes every durable batch after `after` into one journal file in `directory` (created), under its own
// number, and returns the last. Batches that the fold releases meanwhile may be missing: a profile store that
// is copied afterwards has them.
Result<Cursor> copy_journal(Journal& journal, Cursor after, const std::filesystem::path& directory);

}  // namespace desirepath::collector
