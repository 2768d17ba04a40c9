#include "collector/ops/file_digest.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

namespace desirepath::collector {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1'024;

struct CloseDescriptor {
  explicit CloseDescriptor(int opened) : number(opened) {}
  CloseDescriptor(const CloseDescriptor&) = delete;
  CloseDescriptor& operator=(const CloseDescriptor&) = delete;
  ~CloseDescriptor() {
    if (number >= 0) ::close(number);
  }
  int number;
};

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

tl::unexpected<Error> io_failure(const std::filesystem::path& file) {
  return failure(ErrorCode::io, file.string() + ": " + std::strerror(errno));
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string in_hexadecimal(EVP_MD_CTX* context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context, digest.data(), &size);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

// `use` sees every piece and says whether to go on.
Result<FileDigest> read_through(const std::filesystem::path& file,
                                const std::function<bool(std::string_view)>& use) {
  const CloseDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.number < 0) return io_failure(file);
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) {
    return failure(ErrorCode::io, file.string() + ": no memory to read it");
  }
  std::string piece(kPieceBytes, '\0');
  FileDigest digest;
  for (;;) {
    const ssize_t got = ::read(in.number, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_failure(file);
    if (got == 0) break;
    EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(got));
    digest.bytes += static_cast<std::uint64_t>(got);
    if (!use(std::string_view(piece).substr(0, static_cast<std::size_t>(got)))) return io_failure(file);
  }
  digest.sha256 = in_hexadecimal(context.get());
  return digest;
}

}  // namespace

Result<FileDigest> digest_file(const std::filesystem::path& file) {
  return read_through(file, [](std::string_view) { return true; });
}

Result<FileDigest> copy_file_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  const CloseDescriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.number < 0) return io_failure(to);
  auto digest = read_through(from, [&](std::string_view piece) { return write_all(out.number, piece); });
  if (digest && ::fsync(out.number) != 0) return io_failure(to);
  return digest;
}

}  // namespace desirepath::collector
