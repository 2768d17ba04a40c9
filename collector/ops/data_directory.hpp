// The one directory a collector keeps everything in, and the lock that gives it to one process at a time.
#pragma once

#include <filesystem>
#include <string>

#include "collector/error.hpp"

namespace desirepath::collector {

// Held for as long as the process works on the directory; the system gives the lock back when the process
// ends, however it ends. Move-only.
class DataDirectory {
 public:
  // Creates the directory where absent (its parent must exist), checks that it can be written, and takes the
  // lock. One clear error line (ErrorCode::io) when it cannot be written or another process works on it:
  // `purpose` of that process ("serve", "import", …) and its id are named.
  static Result<DataDirectory> lock(const std::filesystem::path& path, const std::string& purpose);

  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path journal() const { return path_ / "journal"; }  // directory of the journal's files
  std::filesystem::path profiles() const { return path_ / "profiles.db"; }  // the profile store
  std::filesystem::path keys() const { return path_ / "keys.db"; }
  std::filesystem::path clocks() const { return path_ / "clocks.db"; }  // devices whose clock is wrong
  std::filesystem::path audit() const { return audit_of(path_); }
  // What operators did (audit_log.hpp); also written to by commands that need no lock.
  static std::filesystem::path audit_of(const std::filesystem::path& path) { return path / "audit.jsonl"; }
  std::filesystem::path control() const { return control_of(path_); }
  // The socket through which a served directory takes commands.
  static std::filesystem::path control_of(const std::filesystem::path& path) { return path / "control.sock"; }

 private:
  DataDirectory(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace desirepath::collector
