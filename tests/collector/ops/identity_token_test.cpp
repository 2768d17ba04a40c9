#include "collector/ops/identity_token.hpp"

#include <doctest/doctest.h>

#include "collector/support/identity_tokens.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;

namespace {

constexpr std::int64_t kNowMs = 1'790'000'000'000;
constexpr std::int64_t kNow = kNowMs / 1'000;

const std::vector<IdentityKey> kKeys = {{3, "shop", "first secret"}, {7, "shop", "second secret"}};

std::string claims(const std::string& more = "") {
  return R"({"sub":"ann","iat":)" + std::to_string(kNow - 10) + R"(,"exp":)" + std::to_string(kNow + 600) +
         more + "}";
}

std::string mistake(const std::string& token) {
  const auto user = verify_identity_token(token, kKeys, kNowMs);
  REQUIRE_FALSE_MESSAGE(user.has_value(), token);
  CHECK(user.error().code == ErrorCode::unauthorized);
  CHECK(user.error().field == "token");
  return user.error().message;
}

bool says(const std::string& token, const std::string& words) {
  return mistake(token).find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("an identity token proves its user, whichever active key has signed it") {
  for (const IdentityKey& key : kKeys) {
    CHECK(verify_identity_token(sign_token(claims(), key.secret), kKeys, kNowMs).value() == "ann");
  }
  const std::string header = R"({"alg":"HS256","typ":"JWT","kid":"7"})";
  CHECK(verify_identity_token(sign_token(claims(), "second secret", header), kKeys, kNowMs).value() == "ann");
  CHECK(says(sign_token(claims(), "first secret", header), "no active identity key"));
  CHECK(says(sign_token(claims(), "third secret"), "no active identity key"));
}

TEST_CASE("the vector of RFC 7515 A.1 is verified, and expired") {
  const std::string secret =
      base64_bytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto verified = verify_identity_token(token, {{1, "rfc", secret}}, kNowMs);
  REQUIRE_FALSE(verified);
  CHECK(verified.error().message == "identity token: it has no 'sub'");
}

TEST_CASE("no other algorithm, however it is said") {
  CHECK(says(sign_token(claims(), "first secret", R"({"alg":"none"})"), "HS256"));
  CHECK(says(sign_token(claims(), "first secret", R"({"alg":"hs256"})"), "HS256"));
  CHECK(says(sign_token(claims(), "first secret", R"({"alg":"RS256"})"), "HS256"));
  CHECK(says(sign_token(claims(), "first secret", R"({"typ":"JWT"})"), "HS256"));
  CHECK(says(sign_token(claims(), "first secret", R"({"alg":"HS256","crit":["x"]})"), "demands"));
  const std::string signed_token = sign_token(claims(), "first secret");
  CHECK(says(signed_token.substr(0, signed_token.rfind('.') + 1), "no active identity key"));
  std::string changed = signed_token;
  changed.back() = changed.back() == 'A' ? 'Q' : 'A';
  mistake(changed);
  for (const char* text : {"", "a.b", "...", "a.b.c.d", "é.é.é", "e30=.e30.e30"}) mistake(text);
  CHECK(says(std::string(kIdentityTokenBytesMax, 'a') + "." + signed_token, "no JWT"));
}

TEST_CASE("a token holds for its time, a day at most") {
  const auto token = [](const std::string& text) { return sign_token(text, "first secret"); };
  const auto at = [](std::int64_t seconds) { return std::to_string(kNow + seconds); };
  CHECK(says(token(R"({"sub":"ann"})"), "no 'exp'"));
  CHECK(says(token(R"({"exp":)" + at(60) + "}"), "no 'sub'"));
  CHECK(says(token(R"({"sub":7,"exp":)" + at(60) + "}"), "no 'sub'"));
  CHECK(says(token(R"({"sub":"ann","exp":)" + at(-60) + "}"), "expired"));
  CHECK(verify_identity_token(token(R"({"sub":"ann","exp":)" + at(-59) + "}"), kKeys, kNowMs));
  CHECK(says(token(R"({"sub":"ann","exp":")" + at(60) + "\"}"), "seconds"));
  CHECK(says(token(R"({"sub":"ann","exp":)" + std::to_string(kNowMs) + "}"), "seconds"));
  CHECK(says(token(claims(",\"nbf\":" + at(61))), "not valid yet"));
  CHECK(verify_identity_token(token(claims(",\"nbf\":" + at(60))), kKeys, kNowMs));
  CHECK(says(token(R"({"sub":"ann","iat":)" + at(61) + R"(,"exp":)" + at(600) + "}"), "in the future"));
  CHECK(says(token(R"({"sub":"ann","iat":)" + at(-86'500) + R"(,"exp":)" + at(600) + "}"), "too old"));
  CHECK(says(token(R"({"sub":"ann","exp":)" + at(86'500) + "}"), "a day at most"));
}

TEST_CASE("an audience, where one is said, is the source of the key") {
  const auto token = [](const std::string& audience) {
    return sign_token(claims(",\"aud\":" + audience), "first secret");
  };
  CHECK(verify_identity_token(token(R"("shop")"), kKeys, kNowMs));
  CHECK(verify_identity_token(token(R"(["other","shop"])"), kKeys, kNowMs));
  CHECK(says(token(R"("other")"), "another audience"));
  CHECK(says(token("[]"), "another audience"));
}
