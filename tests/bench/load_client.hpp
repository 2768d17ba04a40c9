// A small HTTP load: many kept connections, one thread, each connection with one request under way.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace desirepath::bench {

struct LoadResult {
  std::size_t answered = 0;  // with status 200
  std::size_t failed = 0;
  std::vector<std::size_t> refused;  // of the requests, those that failed
  double seconds = 0;
  std::vector<double> latencies_ms;  // one for each of status 200
};

// Connects to 127.0.0.1; throws where nobody listens.
int connect_to(int port);

// Sends every request once, over `connections` connections to 127.0.0.1: as fast as they are answered, or so
// many a second. Requests are whole HTTP texts.
LoadResult send_all(int port, const std::vector<std::string>& requests, std::size_t connections,
                    double per_second = 0);

// Connections that say `words` and nothing more, until they go.
class SilentConnections {
 public:
  SilentConnections(int port, std::size_t count, std::string_view words);
  ~SilentConnections();
  SilentConnections(const SilentConnections&) = delete;
  SilentConnections& operator=(const SilentConnections&) = delete;

 private:
  std::vector<int> sockets_;
};

}  // namespace desirepath::bench
