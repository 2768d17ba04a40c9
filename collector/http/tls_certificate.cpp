#include "collector/http/tls_certificate.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <ctime>
#include <string>
#include <utility>

namespace desirepath::collector {
namespace {

tl::unexpected<Error> refused(const std::filesystem::path& file, const char* what, const char* option) {
  char reason[160] = "";
  const unsigned long code = ERR_get_error();
  if (code != 0) ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return failure(ErrorCode::bad_configuration,
                 file.string() + ": " + what + (code != 0 ? std::string(" (") + reason + ")" : ""), option);
}

std::int64_t end_of(const X509* certificate) {
  std::tm time{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return 0;
  return static_cast<std::int64_t>(::timegm(&time)) * 1'000;
}

}  // namespace

Result<std::unique_ptr<TlsCertificate>> TlsCertificate::load(const std::filesystem::path& certificate,
                                                             const std::filesystem::path& key) {
  if (certificate.empty() || key.empty()) {
    return failure(ErrorCode::bad_configuration, "--tls-cert and --tls-key belong together", "--tls-cert");
  }
  std::unique_ptr<TlsCertificate> loaded(new TlsCertificate(certificate, key));
  if (auto read = loaded->reload(); !read) return tl::make_unexpected(std::move(read.error()));
  return loaded;
}

Result<void> TlsCertificate::reload() {
  std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
    return refused(certificate_, "TLS cannot be set up", "--tls-cert");
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_.c_str()) != 1) {
    return refused(certificate_, "cannot be read as a PEM certificate", "--tls-cert");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_.c_str(), SSL_FILETYPE_PEM) != 1) {
    return refused(key_, "cannot be read as the PEM key of the certificate", "--tls-key");
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return refused(key_, "is not the key of this certificate", "--tls-key");
  }
  const std::int64_t expires_ms = end_of(SSL_CTX_get0_certificate(context.get()));
  const std::lock_guard lock(mutex_);
  context_ = std::move(context);
  expires_ms_ = expires_ms;
  return {};
}

TlsSession TlsCertificate::session(int socket) const {
  const std::lock_guard lock(mutex_);
  TlsSession session(SSL_new(context_.get()));
  if (session && SSL_set_fd(session.get(), socket) != 1) session.reset();
  if (session) SSL_set_accept_state(session.get());
  return session;
}

std::int64_t TlsCertificate::expires_ms() const {
  const std::lock_guard lock(mutex_);
  return expires_ms_;
}

}  // namespace desirepath::collector
