// The decision log's lines, as the contract has them: keys in fixed order, absent ones left out.
#pragma once

#include <string>
#include <string_view>

#include "sdk/engine/outcome.hpp"
#include "sdk/engine/program.hpp"

namespace desirepath::collector::cli {

// Appends one line with its newline.
void append_decision_line(std::string& out, std::string_view profile, const Program& program,
                          const Decision& decision);

}  // namespace desirepath::collector::cli
