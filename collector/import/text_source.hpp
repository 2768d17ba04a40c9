// A text file, gzipped or not (told by its content), read in a stream. Constant memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "collector/error.hpp"

namespace desirepath::collector {

class TextSource {
 public:
  static Result<TextSource> open(const std::filesystem::path& file);
  ~TextSource();
  TextSource(TextSource&&) noexcept;
  TextSource& operator=(TextSource&&) noexcept;

  // The next byte, or -1 at the end. After an error (damaged gzip) it is -1 too: ask `error`.
  int next_byte() { return at_ < filled_ ? static_cast<unsigned char>(buffer_[at_++]) : refill(); }
  int peek_byte();

  // Appends the rest of the line without its line end (\n or \r\n) to `line`, at most `bytes_max`; what is
  // beyond is skipped and `was_cut` says so. False at the end of the file.
  bool next_line(std::string& line, std::size_t bytes_max, bool& was_cut);

  bool failed() const { return failed_; }
  // Bytes of the file itself read so far, and its size: how far we are.
  std::uint64_t bytes_read() const;
  std::uint64_t bytes_total() const { return bytes_total_; }

 private:
  struct Handle;
  explicit TextSource(std::unique_ptr<Handle> handle, std::uint64_t bytes_total);
  int refill();

  std::unique_ptr<Handle> handle_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool failed_ = false;
  std::uint64_t bytes_total_ = 0;
};

// Hex SHA-256 of the file's text, that is after gunzip: the same content is the same file.
Result<std::string> text_sha256(const std::filesystem::path& file);

}  // namespace desirepath::collector
