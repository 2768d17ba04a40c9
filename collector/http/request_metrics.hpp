// What was asked and how it went, counted for /metrics: by route, a closed set. Thread-safe; counting takes
// no lock.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

class RequestMetrics {
 public:
  // `routes` are the labels; a request is counted under its index among them.
  explicit RequestMetrics(std::vector<std::string> routes);

  void count(std::size_t route, int status, std::chrono::nanoseconds took, std::optional<ErrorCode> refusal);

  // Prometheus text: desirepath_http_request_seconds (histogram by route), desirepath_http_requests_total (by
  // route and class of status), desirepath_refusals_total (by code).
  std::string text() const;

 private:
  // Upper ends in seconds; a stream's or an export's time is the time to its first byte.
  static constexpr std::array<double, 10> kBuckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10};
  static constexpr std::size_t kStatusClasses = 5;  // 1xx to 5xx
  struct Route {
    std::array<std::atomic<std::uint64_t>, kBuckets.size() + 1> buckets{};
    std::array<std::atomic<std::uint64_t>, kStatusClasses> statuses{};
    std::atomic<std::uint64_t> nanoseconds{0};
  };

  const std::vector<std::string> names_;
  std::unique_ptr<Route[]> routes_;
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(ErrorCode::io) + 1> refusals_{};
};

}  // namespace desirepath::collector
