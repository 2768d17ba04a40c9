// A JSON Schema (draft 7) as a person wrote it, checked and made ready for the validator.
//
// Stricter than the draft, because a schema that is silently not checked is worse than none: unknown keywords
// and unknown formats are mistakes, `$ref` names a definition of the same schema and definitions do not go in
// circles. What an event could make expensive is refused (`uniqueItems`, `patternProperties`), and `pattern`
// is searched in linear time.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "sdk/compiler/json_source.hpp"

namespace desirepath::collector {

// `pattern` and `format` become these keywords, each with a pattern that compiles: the validator's own would
// go through std::regex.
inline constexpr const char* kPatternKeyword = "desirepath:pattern";
inline constexpr const char* kFormatKeyword = "desirepath:format";

// Mistakes go to `diagnostics`; what is returned is of use only where there are none. `text` is what `node`
// was parsed from.
nlohmann::json read_schema(std::string_view text, const compiler::JsonNode& node,
                           compiler::Diagnostics& diagnostics);

}  // namespace desirepath::collector
