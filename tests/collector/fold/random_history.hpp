// Lives at random, and their events taken in pieces: what the properties of the fold are tried on.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"

namespace desirepath::collector::testing {

// A few people with devices they share, who browse, sign in, say e-mail addresses, order, and are shown
// things.
inline std::vector<TestEvent> random_history(std::mt19937& random, std::size_t length) {
  const auto any = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  std::vector<TestEvent> events;
  for (std::size_t i = 0; i < length; ++i) {
    const std::int64_t time_ms = kStartMs + any(60) * 60'000;
    const std::string id = "m" + std::to_string(any(1000)) + "-" + std::to_string(i);
    const std::string device = "d" + std::to_string(any(5));
    const std::string user = "u" + std::to_string(any(3));
    std::string who = ",\"anonymousId\":\"" + device + "\"";
    if (any(4) == 0) who += ",\"userId\":\"" + user + "\"";
    if (any(12) == 0) who = ",\"userId\":\"" + user + "\"";
    const Trust trust = any(5) == 0 ? Trust::proved : Trust::claimed;
    switch (any(8)) {
      case 0:
        events.push_back(make_event(time_ms, id, "identify",
                                    who + ",\"traits\":{\"email\":\"E" + std::to_string(any(3)) +
                                        "@example.com\",\"loyalty_id\":" + std::to_string(70 + any(3)) +
                                        ",\"city\":\"c" + std::to_string(any(4)) + "\"}",
                                    trust));
        break;
      case 1:
        events.push_back(make_event(time_ms, id, "track",
                                    who + ",\"event\":\"Order Completed\",\"properties\":{\"revenue\":" +
                                        std::to_string(any(90)) + "}",
                                    trust));
        break;
      case 2:
      case 3:
        events.push_back(make_event(time_ms, id, "track", who + ",\"event\":\"Cart Updated\"", trust));
        break;
      case 4:
        events.push_back(
            make_event(time_ms, id + "~cart_rescue~web", "track",
                       who + ",\"event\":\"Decision Exposed\",\"properties\":{\"decisionId\":\"" + id +
                           "~cart_rescue~web\",\"trigger\":\"cart_rescue\",\"purpose\":\"cart\","
                           "\"channel\":\"web\",\"slot\":\"hero\"}",
                       trust));
        break;
      default:
        events.push_back(make_event(time_ms, id, "track", who + ",\"event\":\"Product Viewed\"", trust));
        break;
    }
  }
  return events;
}

// Appends in random batches and folds now and then, so that later batches find profiles already there.
inline void take_in_pieces(TestCollector& collector, const std::vector<TestEvent>& events,
                           std::mt19937& random) {
  std::size_t at = 0;
  while (at < events.size()) {
    const std::size_t end = std::min(events.size(), at + 1 + random() % 25);
    collector.append(std::vector<TestEvent>(events.begin() + static_cast<std::ptrdiff_t>(at),
                                            events.begin() + static_cast<std::ptrdiff_t>(end)));
    if (random() % 2 == 0) collector.run();
    if (random() % 12 == 0) collector.reopen();
    at = end;
  }
  collector.run();
}

}  // namespace desirepath::collector::testing
