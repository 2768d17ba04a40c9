// What a condition's nodes are called: the words of the journey file, for people to read.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "sdk/engine/program.hpp"

namespace desirepath {

// Writes the name of what a node reads ("behaviors.views", "properties.products.0.id"; empty for a group and
// for an element of an array) and returns its length. A name longer than `to` is cut.
std::size_t write_fact_name(const Program& program, const format::NodeRecord& node,
                            std::span<char> to) noexcept;

// The word of an operation: "$gte", "$and", …; implicit equality is "$eq".
std::string_view to_string(format::Op op) noexcept;

}  // namespace desirepath
