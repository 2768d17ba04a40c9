// What the routes work on. The server process owns it all; routes of any thread use it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>

#include "collector/ingest/reject_code.hpp"

namespace desirepath::collector {

class DecisionHolds;
class AuditLog;
class EventStream;
class Fold;
class Ingest;
struct IngestAnswer;
class Journal;
class Journeys;
class KeyRing;
class OperatorLog;
class ProfileStore;
class RateLimiter;
class ReplayEngines;
class RequestMetrics;

// Since the start; for /metrics.
struct ApiCounters {
  std::atomic<std::uint64_t> requests{0};  // begun
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> duplicates{0};
  std::array<std::atomic<std::uint64_t>, kRejectCodes> rejected{};  // by RejectCode
  std::atomic<std::uint64_t> limited_keys{0};
  std::atomic<std::uint64_t> limited_addresses{0};

  void count(const IngestAnswer& answer);
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
  RequestMetrics& metrics;
  AuditLog& audit;
  OperatorLog& log;
  bool logs_requests = false;  // a line for each
  std::function<std::int64_t()> now_ms;
  ApiCounters counters{};
  std::atomic<std::size_t> exports_running{0};
};

}  // namespace desirepath::collector
