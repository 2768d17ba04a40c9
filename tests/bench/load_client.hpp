// A small HTTP load: many kept connections, one thread, each connection with one request under way.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace desirepath::bench {

struct LoadResult {
  std::size_t answered = 0;  // with status 200
  std::size_t failed = 0;
  double seconds = 0;
  std::vector<double> latencies_ms;  // one for each answer
};

// Sends every request once, over `connections` connections to 127.0.0.1. Requests are whole HTTP texts.
LoadResult send_all(int port, const std::vector<std::string>& requests, std::size_t connections);

}  // namespace desirepath::bench
