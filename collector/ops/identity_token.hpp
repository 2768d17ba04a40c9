// Identity tokens: the site's server says that who holds this is one of its users. JWT (RFC 7519), signed
// with HS256 and nothing else, with the text of an identity key (`desirepath keys create --kind identity`).
//
//   header   {"alg":"HS256","kid":"ID of the key"}   kid may be left out: all identity keys are tried
//   claims   {"sub":"userId","exp":…}, seconds since 1970; "iat", "nbf", "aud" where wanted
//
// Rotation: make a second key, sign with it, revoke the first; tokens of the first are refused from then on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/ops/key_ring.hpp"

namespace desirepath::collector {

// Bytes of a token: a few claims; more is no identity token.
inline constexpr std::size_t kIdentityTokenBytesMax = 4'096;
// Clocks of the site's servers may be off by this much.
inline constexpr std::int64_t kTokenLeewayMs = 60'000;
// The longest a token holds after it was issued, whatever its `exp`: a day, so that who has left is out soon.
inline constexpr std::int64_t kTokenAgeMaxMs = 24LL * 60 * 60 * 1'000;

// The userId it proves. ErrorCode::unauthorized, field `token`, with what is wrong: malformed, another
// algorithm, not signed by an active key, without `sub` or `exp`, expired, not yet valid, too old, for
// another audience (`aud`, where said, has the source of the key that signed). Signatures are compared in
// constant time.
Result<std::string> verify_identity_token(std::string_view token, const std::vector<IdentityKey>& keys,
                                          std::int64_t now_ms);

}  // namespace desirepath::collector
