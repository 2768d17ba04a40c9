// The one event of GET /v1/pixel.gif?data=<base64>, as the body of a batch.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

// `query` as it came. The batch holds the event as it was sent, and its writeKey beside it. bad_request,
// field `data`, where that is absent or no base64; not_json or bad_request where it is no JSON object: what
// is inside never becomes a second event.
Result<std::string> pixel_batch(std::string_view query, std::size_t body_bytes_max);

}  // namespace desirepath::collector
