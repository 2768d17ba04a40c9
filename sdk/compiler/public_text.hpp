// What a program that anybody can read must not say.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "sdk/compiler/json_source.hpp"

namespace desirepath::compiler {

// The first thing in the text that looks like an e-mail address, such as ann@shop.example; empty where there
// is none.
std::string_view find_email(std::string_view text);

// Complains of every string and key in `node` that has an e-mail address in it.
void refuse_emails(const JsonNode& node, Diagnostics& diagnostics);

// Complains of every string and key in `node` that is one of `shown` and has an e-mail address in it. Owners
// and descriptions are in no program.
void refuse_shown_emails(const JsonNode& node, const std::set<std::string>& shown, Diagnostics& diagnostics);

}  // namespace desirepath::compiler
