#include "collector/journal/position_file.hpp"

#include <charconv>
#include <fstream>
#include <string>

#include "collector/store/sync_directory.hpp"

namespace desirepath::collector {

Result<std::optional<std::uint64_t>> read_position(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    if (error) return failure(ErrorCode::io, file.string() + ": " + error.message());
    return std::optional<std::uint64_t>{};
  }
  std::ifstream in(file);
  std::string text;
  const bool read = static_cast<bool>(std::getline(in, text));
  std::uint64_t position = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), position);
  if (!read || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || position == 0) {
    return failure(ErrorCode::storage, file.string() + ": is not a position; restore it from a backup");
  }
  return std::optional(position);
}

Result<void> write_position(const std::filesystem::path& file, std::uint64_t position) {
  return replace_file(file, std::to_string(position) + "\n");
}

}  // namespace desirepath::collector
