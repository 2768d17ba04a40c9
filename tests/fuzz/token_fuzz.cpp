// Any text as an identity token is refused. Up to the first NUL a header and then claims, signed as the
// site's server would: they prove `sub` and nobody else, in their time, and not with one byte of the token
// changed.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>
#include <string>

#include "collector/ops/identity_token.hpp"
#include "collector/ops/key_ring.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

namespace {

constexpr std::int64_t kNowMs = 1'800'000'000'000;
constexpr const char* kSecret = "dpi_secret";

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string signed_token(std::string_view header, std::string_view claims) {
  const std::string text = base64(header) + '.' + base64(claims);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), kSecret, static_cast<int>(std::string_view(kSecret).size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return text + '.' + base64({reinterpret_cast<const char*>(digest), size});
}

void check_proof(std::string_view header, std::string_view claims, const std::string& user_id) {
  const auto head = nlohmann::json::parse(header, nullptr, false);
  const auto said = nlohmann::json::parse(claims, nullptr, false);
  fuzz::require(head.is_object() && said.is_object(), "what proves is JSON");
  fuzz::require(head.value("alg", "") == "HS256", "and is signed with HS256");
  fuzz::require(!user_id.empty() && said.at("sub") == user_id, "it proves its user");
  const double expires_ms = said.at("exp").get<double>() * 1'000;
  fuzz::require(expires_ms + static_cast<double>(kTokenLeewayMs) > static_cast<double>(kNowMs),
                "in its time");
  const bool has_issue = said.contains("iat");
  fuzz::require(
      has_issue || expires_ms <= static_cast<double>(kNowMs + kTokenAgeMaxMs + kTokenLeewayMs) + 1'000,
      "for a day");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<IdentityKey> keys{{1, "shop", kSecret}};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz::require(!verify_identity_token(input, keys, kNowMs), "nobody guesses a signature");
  const std::size_t end = std::min(input.find('\0'), input.size());
  const std::string_view header = input.substr(0, end);
  const std::string_view claims = input.substr(std::min(end + 1, input.size()));
  const std::string token = signed_token(header, claims);
  const auto user_id = verify_identity_token(token, keys, kNowMs);
  if (!user_id) {
    fuzz::require(user_id.error().code == ErrorCode::unauthorized, "a refusal is one of rights");
    return 0;
  }
  check_proof(header, claims, *user_id);
  fuzz::require(!verify_identity_token(token, {{1, "shop", "another"}}, kNowMs),
                "only its key's holder signs");
  fuzz::require(!verify_identity_token(token, {}, kNowMs), "a revoked key proves nothing");
  std::string changed = token;
  for (std::size_t at = size % 7; at < changed.size(); at += 7) {
    const char was = changed[at];
    changed[at] = was == 'A' ? 'B' : 'A';
    fuzz::require(!verify_identity_token(changed, keys, kNowMs), "no byte of a token may change");
    changed[at] = was;
  }
  return 0;
}
