// The encodings that URLs and headers use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace desirepath::collector {

// "%41b" is "Ab". None where a '%' is not followed by two hexadecimal digits. `plus_is_space` as in a query.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

// The value of the first parameter of this name, decoded; none where it is absent or broken.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// Standard or URL-safe base64, padding optional. None for anything else.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace desirepath::collector
