// Reading one's own writes: ?after=CURSOR&wait=MS, as every read takes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collector/error.hpp"
#include "collector/http/api.hpp"
#include "collector/http/exchange.hpp"

namespace desirepath::collector {

// A whole number of the query, `fallback` where it is absent; bad_request with its name for anything else.
Result<std::uint64_t> query_number(const HttpRequest& request, std::string_view name, std::uint64_t fallback);

// A time of the query as milliseconds since 1970 or ISO 8601; none where it is absent.
Result<std::optional<std::int64_t>> query_time(const HttpRequest& request, std::string_view name);

// Waits until everything up to ?after= is folded, ?wait= milliseconds at the most, kWaitMax for all; `behind`
// where it is not by then. Refolds that wait for their time (Fold::refold_waiting) are performed at once:
// those of all profiles, or, for a read of one, of that alone.
Result<void> wait_for_cursor(Api& api, const HttpRequest& request);
Result<void> wait_for_cursor(Api& api, const HttpRequest& request, std::string_view type,
                             std::string_view value);

}  // namespace desirepath::collector
