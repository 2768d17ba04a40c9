// What the routes work on. The server process owns it all; routes of any thread use it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

namespace desirepath::collector {

class DecisionHolds;
class EventStream;
class Fold;
class Ingest;
class Journal;
class Journeys;
class KeyRing;
class ProfileStore;
class RateLimiter;
class ReplayEngines;

// Since the start; for /metrics.
struct ApiCounters {
  std::atomic<std::uint64_t> requests{0};  // begun
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> duplicates{0};
  std::atomic<std::uint64_t> rejected{0};
  std::atomic<std::uint64_t> refused{0};  // requests answered with an error
  std::atomic<std::uint64_t> limited_keys{0};
  std::atomic<std::uint64_t> limited_addresses{0};
};

struct Api {
  KeyRing& keys;
  Journal& journal;
  Ingest& ingest;
  Fold& fold;
  ProfileStore& profiles;
  Journeys& journeys;
  ReplayEngines& engines;
  ReplayEngines& device_engines;
  DecisionHolds& holds;
  EventStream& stream;
  RateLimiter& rates;
  std::function<std::int64_t()> now_ms;
  ApiCounters counters{};
  std::atomic<std::size_t> exports_running{0};
};

}  // namespace desirepath::collector
