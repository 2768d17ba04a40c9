// The limits of HTTP.
#pragma once

#include <chrono>
#include <cstddef>

namespace desirepath::collector {

// Connections served at a time, one thread each. Idle and half-open ones hold a thread too, so it is many:
// 2,000 half-open requests leave room. A thread costs some tens of kilobytes and goes when it is idle.
inline constexpr std::size_t kConnectionsMax = 4'096;
// Connections that wait for a thread beyond that; more are closed at once.
inline constexpr std::size_t kConnectionsWaitingMax = 1'024;
// Threads that stay when nothing happens.
inline constexpr std::size_t kConnectionThreadsKept = 8;
inline constexpr std::chrono::seconds kConnectionThreadIdle{5};

// How long a connection may stay silent: between requests, and inside one.
inline constexpr std::chrono::seconds kKeepAlive{10};
inline constexpr std::chrono::seconds kReadTimeout{5};
inline constexpr std::chrono::seconds kWriteTimeout{10};
// A body that takes longer is given up, however it trickles: 500 KB at 25 KB/s.
inline constexpr std::chrono::seconds kBodyDeadline{20};
// Requests on one connection before it is closed, so that connections spread again after a restart behind a
// balancer.
inline constexpr std::size_t kRequestsPerConnection = 100'000;

// The longest that a read waits for its cursor.
inline constexpr std::chrono::milliseconds kWaitMax{10'000};

// Profiles in one answer of a search or a preview, and how long one looks for them: a person waits for it.
inline constexpr std::size_t kSearchProfilesDefault = 20;
inline constexpr std::size_t kSearchProfilesMax = 100;
inline constexpr std::chrono::milliseconds kSearchBudget{2'000};

// Slots, and channels, that one decision is asked for: a page has fewer.
inline constexpr std::size_t kDecidePlacesMax = 32;

// Live streams at a time, and what waits for a slow reader before the oldest is dropped.
inline constexpr std::size_t kStreamsMax = 64;
inline constexpr std::size_t kStreamEventsMax = 1'000;
inline constexpr std::size_t kStreamBytesMax = 1u << 20;
// A comment keeps a quiet stream open through proxies.
inline constexpr std::chrono::seconds kStreamHeartbeat{15};

// The operator's port: a few probes and one scraper.
inline constexpr std::size_t kOpsConnectionsMax = 32;
inline constexpr std::size_t kOpsBodyBytesMax = 1'024;

// Senders whose request rate is remembered, of keys and of addresses each: the crowd of a few seconds. 24
// bytes each.
inline constexpr std::size_t kRateBuckets = 32'768;

// Journal bytes beyond which ingest answers 429 until the fold has caught up: some minutes of full load.
inline constexpr std::size_t kBacklogBytesMax = std::size_t{4} << 30;

}  // namespace desirepath::collector
