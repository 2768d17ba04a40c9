// The constants of conditions, as the engine compares them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sdk/compiler/fact_resolver.hpp"

namespace desirepath::compiler {

std::vector<std::uint8_t> tagged_boolean(bool value);
std::vector<std::uint8_t> tagged_number(double value);

// Whether a number prints as exactly this text in JavaScript, so that the number equals it.
bool reads_back(std::string_view text);

class ConstantWriter {
 public:
  // `for_device`: the program is public, so that what looks like an e-mail address is an error.
  ConstantWriter(const ConditionNames& names, Diagnostics& diagnostics, bool for_device)
      : names_(names), diagnostics_(diagnostics), for_device_(for_device) {}

  // The tagged value of what a fact is compared with: durations in milliseconds, stages and tiers by the
  // names the program knows.
  std::vector<std::uint8_t> tagged(const FactSubject& subject, const JsonNode& value) const;

  // Refuses a text that looks like an e-mail address where the program is public.
  void check_public(const JsonNode& text) const;

 private:
  const ConditionNames& names_;
  Diagnostics& diagnostics_;
  bool for_device_;
};

}  // namespace desirepath::compiler
