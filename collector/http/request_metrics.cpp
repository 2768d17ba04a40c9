#include "collector/http/request_metrics.hpp"

#include <algorithm>
#include <cstdio>

namespace desirepath::collector {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

}  // namespace

RequestMetrics::RequestMetrics(std::vector<std::string> routes)
    : names_(std::move(routes)), routes_(std::make_unique<Route[]>(names_.size())) {}

void RequestMetrics::count(std::size_t route, int status, std::chrono::nanoseconds took,
                           std::optional<ErrorCode> refusal) {
  Route& counted = routes_[route];
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bucket = std::lower_bound(kBuckets.begin(), kBuckets.end(), seconds) - kBuckets.begin();
  counted.buckets[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1);
  counted.statuses[status_class].fetch_add(1, std::memory_order_relaxed);
  counted.nanoseconds.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
  if (refusal) refusals_[static_cast<std::size_t>(*refusal)].fetch_add(1, std::memory_order_relaxed);
}

std::string RequestMetrics::text() const {
  std::string text =
      "# HELP desirepath_http_request_seconds From the whole request to its answer.\n"
      "# TYPE desirepath_http_request_seconds histogram\n";
  std::string requests =
      "# HELP desirepath_http_requests_total Requests answered.\n"
      "# TYPE desirepath_http_requests_total counter\n";
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const Route& route = routes_[i];
    const std::string label = "{route=\"" + names_[i] + "\"";
    std::uint64_t so_far = 0;
    for (std::size_t bucket = 0; bucket < route.buckets.size(); ++bucket) {
      so_far += route.buckets[bucket];
      const std::string end = bucket < kBuckets.size() ? number(kBuckets[bucket]) : "+Inf";
      text += "desirepath_http_request_seconds_bucket" + label + ",le=\"" + end + "\"} " +
              std::to_string(so_far) + "\n";
    }
    text += "desirepath_http_request_seconds_sum" + label + "} " +
            number(static_cast<double>(route.nanoseconds.load()) / 1e9) + "\n";
    text += "desirepath_http_request_seconds_count" + label + "} " + std::to_string(so_far) + "\n";
    for (std::size_t status = 1; status < kStatusClasses; ++status) {
      requests += "desirepath_http_requests_total" + label + ",status=\"" + std::to_string(status + 1) +
                  "xx\"} " + std::to_string(route.statuses[status].load()) + "\n";
    }
  }
  text += requests;
  text +=
      "# HELP desirepath_refusals_total Requests answered with an error, by its code.\n"
      "# TYPE desirepath_refusals_total counter\n";
  for (std::size_t code = 0; code < refusals_.size(); ++code) {
    text += std::string("desirepath_refusals_total{code=\"") + to_string(static_cast<ErrorCode>(code)) +
            "\"} " + std::to_string(refusals_[code].load()) + "\n";
  }
  return text;
}

}  // namespace desirepath::collector
