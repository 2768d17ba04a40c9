#include "collector/cli/output_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "collector/store/sync_directory.hpp"

namespace desirepath::collector::cli {

OutputFile OutputFile::stream(std::FILE* out) {
  OutputFile file;
  file.out_ = out;
  return file;
}

Result<OutputFile> OutputFile::create(const std::filesystem::path& path) {
  OutputFile file;
  file.path_ = path;
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  const bool is_special = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  std::filesystem::path target = path;
  if (!is_special) target += ".part-" + std::to_string(::getpid());
  file.owned_.reset(std::fopen(target.c_str(), "wb"));
  if (!file.owned_) return file.failed();
  if (!is_special) file.beside_ = target;
  file.out_ = file.owned_.get();
  return file;
}

OutputFile::~OutputFile() {
  if (!owned_ || beside_.empty()) return;
  owned_.reset();
  std::error_code ignored;
  std::filesystem::remove(beside_, ignored);
}

Result<void> OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size()) return failed();
  return {};
}

Result<void> OutputFile::finish() {
  if (std::fflush(out_) != 0) return failed();
  if (beside_.empty()) return {};
  if (::fsync(::fileno(out_)) != 0) return failed();
  owned_.reset();
  std::error_code error;
  std::filesystem::rename(beside_, path_, error);
  if (error) return failure(ErrorCode::io, path_.string() + ": cannot be written: " + error.message());
  return sync_directory(path_.parent_path());
}

tl::unexpected<Error> OutputFile::failed() const {
  const std::string name = path_.empty() ? "" : path_.string() + ": ";
  return failure(ErrorCode::io, name + "cannot be written: " + std::strerror(errno));
}

}  // namespace desirepath::collector::cli
