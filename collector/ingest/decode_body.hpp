// The first step of ingest: a request's bytes become text.
#pragma once

#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/ingest/limits.hpp"

namespace desirepath::collector {

// Inflates gzip, recognised by its header or by its first bytes, up to `bytes_max`; other bytes stay. A
// byte order mark is taken off. Errors: too_large, bad_request (broken gzip, another encoding). The text is
// followed by enough capacity for simdjson to read it in place.
Result<std::string> decode_body(std::string_view body, std::string_view content_encoding,
                                std::size_t bytes_max = kBodyBytesMax);

}  // namespace desirepath::collector
