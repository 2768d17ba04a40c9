#include "collector/ops/identity_token.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cmath>
#include <optional>

#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kSignatureBytes = 32;
constexpr double kSecondsMax = 1e11;  // the year 5138: beyond are milliseconds

tl::unexpected<Error> refused(std::string why) {
  return failure(ErrorCode::unauthorized, "identity token: " + std::move(why), "token");
}

// Strictly base64url without padding, as JWTs are: no other text stands for the same bytes.
std::optional<std::string> decode(std::string_view text) {
  std::string bytes;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '-'             ? 62
                      : c == '_'             ? 63
                                             : -1;
    if (digit < 0) return std::nullopt;
    buffer = (buffer << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(buffer >> bits & 0xff);
  }
  const bool has_rest = bits >= 6 || (buffer & ((1u << bits) - 1)) != 0;
  return has_rest ? std::nullopt : std::optional(std::move(bytes));
}

bool is_signed_by(const IdentityKey& key, std::string_view text, std::string_view signature) {
  std::array<unsigned char, kSignatureBytes> own{};
  unsigned size = 0;
  const auto* begun =
      HMAC(EVP_sha256(), key.secret.data(), static_cast<int>(key.secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), own.data(), &size);
  return begun != nullptr && size == own.size() && signature.size() == own.size() &&
         CRYPTO_memcmp(own.data(), signature.data(), own.size()) == 0;
}

// A time of the claims in milliseconds; none where it is absent.
Result<std::optional<std::int64_t>> time_of(const Value& claims, std::string_view name) {
  const Value value = claims.at(name);
  if (value.is_missing()) return std::optional<std::int64_t>{};
  if (!value.is_number() || !(value.number() >= 0 && value.number() <= kSecondsMax)) {
    return refused("'" + std::string(name) + "' must be seconds since 1970");
  }
  return std::optional(static_cast<std::int64_t>(std::floor(value.number() * 1'000)));
}

Result<void> check_times(const Value& claims, std::int64_t now_ms) {
  const auto expires_ms = time_of(claims, "exp");
  if (!expires_ms) return tl::unexpected(expires_ms.error());
  if (!*expires_ms) return refused("it has no 'exp'");
  if (now_ms >= **expires_ms + kTokenLeewayMs) return refused("it has expired");
  const auto begins_ms = time_of(claims, "nbf");
  if (!begins_ms) return tl::unexpected(begins_ms.error());
  if (*begins_ms && now_ms + kTokenLeewayMs < **begins_ms) return refused("it is not valid yet");
  const auto issued_ms = time_of(claims, "iat");
  if (!issued_ms) return tl::unexpected(issued_ms.error());
  if (*issued_ms && now_ms + kTokenLeewayMs < **issued_ms) return refused("it was issued in the future");
  if (*issued_ms && now_ms - **issued_ms > kTokenAgeMaxMs + kTokenLeewayMs) return refused("it is too old");
  if (!*issued_ms && **expires_ms - now_ms > kTokenAgeMaxMs + kTokenLeewayMs) {
    return refused("without 'iat' it may hold for a day at most");
  }
  return {};
}

bool is_for(const Value& claims, const std::string& source) {
  const Value audience = claims.at("aud");
  if (audience.is_missing()) return true;
  if (audience.is_string()) return audience.text() == source;
  if (!audience.is_array()) return false;
  ValueCursor items(audience);
  while (items.next()) {
    if (items.value().is_string() && items.value().text() == source) return true;
  }
  return false;
}

}  // namespace

Result<std::string> verify_identity_token(std::string_view token, const std::vector<IdentityKey>& keys,
                                          std::int64_t now_ms) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (token.size() > kIdentityTokenBytesMax || second == std::string_view::npos) {
    return refused("it is no JWT");
  }
  const auto header_text = decode(token.substr(0, first));
  const auto claims_text = decode(token.substr(first + 1, second - first - 1));
  const auto signature = decode(token.substr(second + 1));
  if (!header_text || !claims_text || !signature) return refused("it is no JWT");
  const auto header_bytes = tagged_from_json(*header_text);
  if (!header_bytes) return refused("its header is no JSON");
  const Value header = Value::read(header_bytes->data());
  const Value algorithm = header.at("alg");
  if (!algorithm.is_string() || algorithm.text() != "HS256") return refused("it must be signed with HS256");
  if (!header.at("crit").is_missing()) return refused("it demands what is not known here");

  const Value kid = header.at("kid");
  const IdentityKey* signer = nullptr;
  for (const IdentityKey& key : keys) {
    if (kid.is_string() && kid.text() != std::to_string(key.id)) continue;
    if (is_signed_by(key, token.substr(0, second), *signature)) signer = &key;
  }
  if (signer == nullptr) return refused("no active identity key has signed it");

  const auto claims_bytes = tagged_from_json(*claims_text);
  if (!claims_bytes) return refused("its claims are no JSON");
  const Value claims = Value::read(claims_bytes->data());
  const Value subject = claims.at("sub");
  if (!subject.is_string() || subject.text().empty()) return refused("it has no 'sub'");
  if (auto checked = check_times(claims, now_ms); !checked) return tl::unexpected(checked.error());
  if (!is_for(claims, signer->source)) return refused("it is for another audience");
  return std::string(subject.text());
}

}  // namespace desirepath::collector
