#include "collector/ops/data_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "collector/store/sync_directory.hpp"

namespace desirepath::collector {
namespace {

tl::unexpected<Error> unusable(const std::filesystem::path& path, const std::string& why) {
  return failure(ErrorCode::io, "data directory " + path.string() + " cannot be used: " + why, "--data");
}

// "serve (process 12)", as the holder of the lock has written it.
std::string holder(int descriptor) {
  std::array<char, 64> text{};
  const ssize_t read = ::pread(descriptor, text.data(), text.size() - 1, 0);
  std::string words(text.data(), read > 0 ? static_cast<std::size_t>(read) : 0);
  words.resize(std::min(words.find('\n'), words.size()));
  return words.empty() ? "another process" : words;
}

}  // namespace

Result<DataDirectory> DataDirectory::lock(const std::filesystem::path& path, const std::string& purpose) {
  std::error_code error;
  if (std::filesystem::create_directory(path, error)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
    if (auto synced = sync_directory(std::filesystem::absolute(path).parent_path()); !synced) {
      return unusable(path, synced.error().message);
    }
  } else if (error || !std::filesystem::is_directory(path, error)) {
    return unusable(path, error ? error.message() : "it is not a directory");
  }
  const int descriptor = ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return unusable(path, std::strerror(errno));
  DataDirectory directory(path, descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return unusable(path, std::strerror(errno));
    return unusable(path, "it is in use by " + holder(descriptor) + "; stop that first");
  }
  const std::string words = purpose + " (process " + std::to_string(::getpid()) + ")\n";
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, words.data(), words.size(), 0) < 0) {
    return unusable(path, std::strerror(errno));
  }
  return directory;
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

DataDirectory::~DataDirectory() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace desirepath::collector
