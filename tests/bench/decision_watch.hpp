// Hears decisions on GET /v1/stream and notes how late each came, on a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/served_collector.hpp"

namespace desirepath::bench {

class DecisionWatch {
 public:
  // Those of one trigger, from now on.
  DecisionWatch(const ServedCollector& collector, std::string trigger);
  ~DecisionWatch();
  DecisionWatch(const DecisionWatch&) = delete;
  DecisionWatch& operator=(const DecisionWatch&) = delete;

  // How many milliseconds after its own time each was heard, once `count` have been; throws where they have
  // not within `timeout`.
  std::vector<double> wait_for(std::size_t count, std::chrono::seconds timeout);

 private:
  void listen();
  void take(std::string_view line);

  std::string trigger_;
  int socket_;
  std::mutex mutex_;
  std::condition_variable heard_;
  std::vector<double> late_ms_;
  std::thread thread_;
};

}  // namespace desirepath::bench
