// Facts with words of their own that the engine derives from events: session, campaign, device, local time. A
// program keeps in the state only what it names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/program_builder.hpp"

namespace desirepath::compiler {

struct DerivedFact {
  std::string_view word;  // "session.pages"
  format::Subject subject;
  std::uint32_t index;  // by subject
  bool is_duration;
};

// The fact of that word; null for none.
const DerivedFact* find_derived_fact(std::string_view word);
// The fact that a node reads so; null for none.
const DerivedFact* find_derived_fact(format::Subject subject, std::uint32_t index);

// All words that begin with "<head>."; empty where `head` has none.
std::vector<std::string> derived_words(std::string_view head);

// The heads: "session", "campaign", …
std::vector<std::string> derived_heads();

// Makes the program keep what the fact is derived from.
void use_derived_fact(ProgramBuilder& builder, const DerivedFact& fact);
void use_local_time(ProgramBuilder& builder);
void use_intent(ProgramBuilder& builder);

}  // namespace desirepath::compiler
