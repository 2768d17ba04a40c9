// The certificate and key that the public listener shows, from PEM files; TLS 1.2 and later.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

#include "collector/error.hpp"

namespace desirepath::collector {

struct FreeTlsSession {
  void operator()(SSL* session) const noexcept { SSL_free(session); }
};
// One connection's; null without TLS.
using TlsSession = std::unique_ptr<SSL, FreeTlsSession>;

// Thread-safe.
class TlsCertificate {
 public:
  // bad_configuration where one of them is not named, cannot be read, or the key is not the certificate's.
  static Result<std::unique_ptr<TlsCertificate>> load(const std::filesystem::path& certificate,
                                                      const std::filesystem::path& key);
  // Reads the files anew; on an error the old ones stay in force. Connections that exist keep theirs.
  Result<void> reload();

  // For an accepted socket; null where there is no memory.
  TlsSession session(int socket) const;
  // When the certificate ends, ms UTC.
  std::int64_t expires_ms() const;

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };
  TlsCertificate(std::filesystem::path certificate, std::filesystem::path key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}

  const std::filesystem::path certificate_;
  const std::filesystem::path key_;
  mutable std::mutex mutex_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::int64_t expires_ms_ = 0;
};

}  // namespace desirepath::collector
