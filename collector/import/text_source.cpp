#include "collector/import/text_source.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace desirepath::collector {
namespace {
constexpr std::size_t kBufferBytes = 128 * 1024;
}

struct TextSource::Handle {
  gzFile file = nullptr;
  explicit Handle(gzFile opened) : file(opened) {}
  ~Handle() { gzclose_r(file); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
};

TextSource::TextSource(std::unique_ptr<Handle> handle, std::uint64_t bytes_total)
    : handle_(std::move(handle)), buffer_(kBufferBytes, '\0'), bytes_total_(bytes_total) {}
TextSource::~TextSource() = default;
TextSource::TextSource(TextSource&&) noexcept = default;
TextSource& TextSource::operator=(TextSource&&) noexcept = default;

Result<TextSource> TextSource::open(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return failure(ErrorCode::bad_file, file.string() + ": is a directory");
  }
  const std::uint64_t bytes = std::filesystem::file_size(file, error);
  gzFile opened = error ? nullptr : gzopen(file.c_str(), "rb");
  if (opened == nullptr) {
    return failure(ErrorCode::bad_file, file.string() + ": cannot be read: " +
                                            (error ? error.message() : std::string(std::strerror(errno))));
  }
  gzbuffer(opened, kBufferBytes);
  return TextSource(std::make_unique<Handle>(opened), bytes);
}

int TextSource::refill() {
  if (failed_) return -1;
  const int got = gzread(handle_->file, buffer_.data(), static_cast<unsigned>(buffer_.size()));
  int status = Z_OK;
  gzerror(handle_->file, &status);
  if (got < 0 || status != Z_OK) failed_ = true;
  at_ = 0;
  filled_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return filled_ == 0 ? -1 : static_cast<unsigned char>(buffer_[at_++]);
}

int TextSource::peek_byte() {
  const int byte = next_byte();
  if (byte >= 0) --at_;
  return byte;
}

bool TextSource::next_line(std::string& line, std::size_t bytes_max, bool& was_cut) {
  was_cut = false;
  int byte = next_byte();
  if (byte < 0) return false;
  while (byte >= 0 && byte != '\n') {
    if (line.size() < bytes_max) {
      line.push_back(static_cast<char>(byte));
    } else {
      was_cut = true;
    }
    byte = next_byte();
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

std::uint64_t TextSource::bytes_read() const {
  const auto offset = gzoffset(handle_->file);
  return offset < 0 ? bytes_total_ : static_cast<std::uint64_t>(offset);
}

Result<std::string> text_sha256(const std::filesystem::path& file) {
  auto source = TextSource::open(file);
  if (!source) return tl::unexpected(source.error());
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::string block;
  for (int byte = source->next_byte(); byte >= 0; byte = source->next_byte()) {
    block.push_back(static_cast<char>(byte));
    if (block.size() < kBufferBytes) continue;
    EVP_DigestUpdate(context.get(), block.data(), block.size());
    block.clear();
  }
  if (source->failed()) return failure(ErrorCode::bad_file, file.string() + ": damaged gzip");
  EVP_DigestUpdate(context.get(), block.data(), block.size());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex.push_back(kDigits[digest[i] >> 4]);
    hex.push_back(kDigits[digest[i] & 15]);
  }
  return hex;
}

}  // namespace desirepath::collector
