// Whether a text is JSON that everything behind can read, at full speed.
#pragma once

#include <string>

namespace desirepath::collector {

// True for JSON in UTF-8 whose numbers are 64-bit integers or finite doubles. Nesting is limited by the bytes
// alone. False may also mean an integer beyond 64 bits: ask tagged_from_json. Any thread; parsers are shared
// and bounded.
bool is_plain_json(const std::string& text);

}  // namespace desirepath::collector
