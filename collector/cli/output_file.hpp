// Where a command writes its result: a stream, or a file that appears under its name when it is whole.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector::cli {

// ErrorCode::io says the file and why. Without `finish` what was written to a file is gone.
class OutputFile {
 public:
  // The stream is the caller's and stays open.
  static OutputFile stream(std::FILE* out);
  // Written beside `file` under another name until `finish`; a pipe or device of that name is written to as
  // it is.
  static Result<OutputFile> create(const std::filesystem::path& file);
  ~OutputFile();
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;

  Result<void> write(std::string_view text);
  // Durable and under its own name afterwards.
  Result<void> finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  OutputFile() = default;
  tl::unexpected<Error> failed() const;

  std::filesystem::path path_;    // empty: a stream
  std::filesystem::path beside_;  // empty: written to as it is
  std::unique_ptr<std::FILE, Close> owned_;
  std::FILE* out_ = nullptr;
};

}  // namespace desirepath::collector::cli
