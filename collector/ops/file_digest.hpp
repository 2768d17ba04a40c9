// Files by what is in them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "collector/error.hpp"

namespace desirepath::collector {

struct FileDigest {
  std::uint64_t bytes = 0;
  std::string sha256;  // lower-case hexadecimal
};

Result<FileDigest> digest_file(const std::filesystem::path& file);

// Copies and syncs; the digest is of what was read.
Result<FileDigest> copy_file_durably(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace desirepath::collector
