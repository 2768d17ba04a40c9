// Numbered migrations: the schema of a file is the number of migrations it has seen (PRAGMA user_version).
#pragma once

#include <span>
#include <string_view>

#include "collector/error.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {

// Brings the file up to date: runs migrations[user_version..] in order, each with its number in one
// transaction, so a crash leaves the file at a whole migration. A migration is never edited once released;
// new ones are appended. A file from a newer program is refused and left as it is.
Result<void> migrate(Connection& connection, std::span<const std::string_view> migrations);

}  // namespace desirepath::collector
