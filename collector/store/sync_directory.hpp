// Makes the names in a directory durable: after it returns, files created, renamed or removed there stay so.
#pragma once

#include <filesystem>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

Result<void> sync_directory(const std::filesystem::path& directory);

// Replaces `file` with `content` so that after a crash it holds either the old or the new content, whole.
Result<void> replace_file(const std::filesystem::path& file, std::string_view content);

}  // namespace desirepath::collector
