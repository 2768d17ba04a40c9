// The reference engine, saying what it does in the lines of the real one.
#pragma once

#include "tests/property/random_case.hpp"
#include "tests/property/random_zones.hpp"
#include "tests/reference/reference_engine.hpp"

namespace desirepath::tests {

class ReferenceRun {
 public:
  ReferenceRun(const Json& journey, bool effects_at_once)
      : engine_(journey, effects_at_once, made_up_zones()) {}

  std::vector<std::string> happen(const Json& event);
  std::vector<std::string> pass_time(std::int64_t until_ms);

  std::vector<std::string> take_over(const Json& successor, std::int64_t at_ms);

  const reference::ReferenceEngine& engine() const { return engine_; }

 private:
  std::vector<std::string> new_lines();

  reference::ReferenceEngine engine_;
  std::size_t decisions_ = 0;
  std::size_t moves_ = 0;
  std::size_t assignments_ = 0;
};

}  // namespace desirepath::tests
