// Whose request it is, and whether it may pass.
#pragma once

#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/http/api.hpp"
#include "collector/http/exchange.hpp"
#include "collector/ops/key_ring.hpp"

namespace desirepath::collector {

// Who may do what; the table of routes (routes.cpp) says which path is for whom.
inline constexpr KeyKinds kAppend{KeyKind::write, KeyKind::secret};
inline constexpr KeyKinds kProve{KeyKind::secret};
inline constexpr KeyKinds kRead{KeyKind::secret, KeyKind::admin, KeyKind::viewer};
inline constexpr KeyKinds kDecide{KeyKind::secret, KeyKind::admin};
inline constexpr KeyKinds kOperate{KeyKind::admin};

// The key a request shows: Basic user name, Bearer, X-Write-Key, or ?k=. Empty where there is none.
std::string presented_key(const HttpRequest& request);

// unauthorized for no or an unknown key, forbidden for a kind that may not do this or a page whose origin the
// key does not name, rate_limited for a sender beyond its rate.
Result<KeyInfo> admit(Api& api, const HttpRequest& request, std::string_view key, KeyKinds allowed);

// Of a path that also takes the key in the body: the request's own key, else `in_body`, admitted.
Result<KeyInfo> admit_sender(Api& api, const HttpRequest& request, std::string_view in_body);

}  // namespace desirepath::collector
