#include "collector/fold/journey_text.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace desirepath::collector {

Result<std::string> read_journey_text(const std::string& path) {
  const auto refused = [&](const std::string& why) {
    return failure(ErrorCode::bad_file, path + ": error: " + why);
  };
  const std::string limit = ", over the limit of " + std::to_string(kJourneyBytesMax) + " B";
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return refused("is a directory, not a journey's file");
  // A pipe has no size; of it at most a byte too much is read.
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (!error && bytes > kJourneyBytesMax) {
    return refused("takes " + std::to_string(bytes) + " B" + limit);
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return refused("cannot be read: " + std::generic_category().message(errno));
  std::string text((error ? kJourneyBytesMax : static_cast<std::size_t>(bytes)) + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return refused("cannot be read to its end");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kJourneyBytesMax)
    return refused("takes " + std::to_string(text.size()) + " B or more" + limit);
  return text;
}

}  // namespace desirepath::collector
