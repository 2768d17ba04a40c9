// JSON text to the engine's tagged values and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath::collector {

// One JSON text as one tagged value (sdk/engine/value.hpp). Numbers become doubles; of a repeated key the
// last member counts, as in JavaScript. Errors (`not_json`) say the byte offset: not JSON, invalid UTF-8 or
// lone surrogates, a number beyond doubles, nesting deeper than kValueDepthMax. Thread-safe; keeps one parser
// per thread.
Result<std::vector<std::uint8_t>> tagged_from_json(std::string_view json);

// The value as compact JSON; missing becomes null.
std::string json_from_tagged(const Value& value);
void append_json(std::string& out, const Value& value);

// Appends `text` as a JSON string with its quotes, escaped exactly as JavaScript's JSON.stringify does.
void append_json_string(std::string& out, std::string_view text);

// Appends a number as JavaScript prints integers up to 2^53, other numbers in their shortest exact form.
void append_json_number(std::string& out, double number);

}  // namespace desirepath::collector
