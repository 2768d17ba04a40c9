// Where a visit came from.
#pragma once

#include <string_view>

namespace desirepath {

// The class of a referrer as seen from a page: `direct` without one, `internal` from the page's own site (the
// same host but for `www.`, or one inside the other), `mail`, `search`, `social` by the names hosts go under,
// else `referral`. Both are addresses as the browser tells them.
std::string_view referrer_class(std::string_view referrer, std::string_view page_url) noexcept;

}  // namespace desirepath
