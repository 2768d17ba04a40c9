// Whose request it is.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/http/exchange.hpp"
#include "collector/ops/key_ring.hpp"

namespace desirepath::collector {

// The key a request shows: Basic user name, Bearer, or ?k=; else `in_body`. Empty where there is none.
std::string presented_key(const HttpRequest& request, std::string_view in_body = {});

// unauthorized for no or an unknown key, forbidden for a kind that may not do this.
Result<KeyInfo> authorize(KeyRing& ring, std::string_view key, std::initializer_list<KeyKind> allowed);

}  // namespace desirepath::collector
