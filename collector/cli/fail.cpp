#include <cstdio>

#include "collector/cli/commands.hpp"

namespace desirepath::collector::cli {

int fail(std::string_view command, std::string_view message) {
  std::fprintf(stderr, "desirepath %.*s: %.*s\n", static_cast<int>(command.size()), command.data(),
               static_cast<int>(message.size()), message.data());
  return 1;
}

}  // namespace desirepath::collector::cli
