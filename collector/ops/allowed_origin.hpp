// The origins of pages that may use a write key, as the operator writes them.
#pragma once

#include <string>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

// "https://shop.example", "http://127.0.0.1:3000", or "https://*.shop.example" for every host below it; in
// the spelling that browsers send: lower case, no path, no port that is the scheme's own. bad_request for
// anything else.
Result<std::string> normalize_origin(std::string_view text);

// Whether `origin`, as a browser sends it, is what `allowed`, a normalised one, allows.
bool allows_origin(std::string_view allowed, std::string_view origin);

}  // namespace desirepath::collector
