// The limits of HTTP.
#pragma once

#include <chrono>
#include <cstddef>

namespace desirepath::collector {

// Requests answered at a time, a thread each; one that waits for the disk or a cursor holds its thread. More
// wait in line, and beyond kConnectionsWaitingMax are closed.
inline constexpr std::size_t kThreadsMax = 256;
inline constexpr std::size_t kConnectionsWaitingMax = 4'096;
// Threads that stay when nothing happens.
inline constexpr std::size_t kConnectionThreadsKept = 8;
inline constexpr std::chrono::seconds kConnectionThreadIdle{5};
// Connections that wait for bytes, where the system gives as many descriptors; for one more, that which
// waited longest is closed. Each costs a socket and some hundred bytes.
inline constexpr std::size_t kConnectionsMax = 16'384;
// What requests that have not come whole hold together; beyond it the oldest of the large ones goes.
inline constexpr std::size_t kUnfinishedBytesMax = 64u << 20;
inline constexpr std::size_t kLargeUnfinishedBytes = 16u << 10;

// How long a connection may stay silent between requests, and inside a body.
inline constexpr std::chrono::seconds kKeepAlive{10};
inline constexpr std::chrono::seconds kReadTimeout{5};
// How long a client may take nothing of its answer.
inline constexpr std::chrono::seconds kWriteTimeout{10};
// From its first byte on, however it trickles: a head, and a whole request (500 KB at 25 KB/s).
inline constexpr std::chrono::seconds kHeadDeadline{10};
inline constexpr std::chrono::seconds kBodyDeadline{20};
// A busy client's next request comes within this; waiting for it is cheaper than letting the thread go.
inline constexpr std::chrono::milliseconds kNextRequestWait{2};
// What is read and thrown away behind a refused request, so that the client sees the answer.
inline constexpr std::chrono::milliseconds kLingerMax{300};
inline constexpr std::size_t kLingerBytesMax = 1u << 20;
// Between two tries to accept when the system has no descriptors.
inline constexpr std::chrono::milliseconds kAcceptPause{10};
// What SIGTERM waits for: longer than any deadline of a request.
inline constexpr std::chrono::seconds kDrainMax{25};

// The head of a request. Browsers send 1 to 2 KB; a pixel carries its event in the target.
inline constexpr std::size_t kTargetBytesMax = 8'192;
inline constexpr std::size_t kHeaderBytesMax = 8'192;
inline constexpr std::size_t kHeadersMax = 100;
inline constexpr std::size_t kHeadBytesMax = 32'768;
// Empty lines before a request that are passed over (RFC 9112, 2.2).
inline constexpr std::size_t kEmptyLinesMax = 2;
// The line of a chunk's size.
inline constexpr std::size_t kChunkLineBytesMax = 256;

// Lines of the audit log that one answer has.
inline constexpr std::size_t kAuditLinesDefault = 100;
inline constexpr std::size_t kAuditLinesMax = 10'000;

// The longest that a read waits for its cursor.
inline constexpr std::chrono::milliseconds kWaitMax{10'000};

// Profiles in one answer of a search or a preview, and how long one looks for them: a person waits for it.
inline constexpr std::size_t kSearchProfilesDefault = 20;
inline constexpr std::size_t kSearchProfilesMax = 100;
inline constexpr std::chrono::milliseconds kSearchBudget{2'000};

// How long a sync waits for its own events to be folded before it answers without a state.
inline constexpr std::chrono::milliseconds kSyncWait{1'000};

// Slots, and channels, that one decision is asked for: a page has fewer.
inline constexpr std::size_t kDecidePlacesMax = 32;

// Live streams at a time, and what waits for a slow reader before the oldest is dropped.
inline constexpr std::size_t kStreamsMax = 64;
inline constexpr std::size_t kStreamEventsMax = 1'000;
inline constexpr std::size_t kStreamBytesMax = 1u << 20;
// How long after the last watcher has gone events are kept for its return: a reload, a lost network.
inline constexpr std::chrono::seconds kStreamResume{60};
// A comment keeps a quiet stream open through proxies.
inline constexpr std::chrono::seconds kStreamHeartbeat{15};

// The operator's port: a few probes and one scraper.
inline constexpr std::size_t kOpsThreadsMax = 16;
inline constexpr std::size_t kOpsConnectionsMax = 64;
inline constexpr std::size_t kOpsBodyBytesMax = 1'024;

// Senders whose request rate is remembered, of keys and of addresses each: the crowd of a few seconds. 24
// bytes each.
inline constexpr std::size_t kRateBuckets = 32'768;

}  // namespace desirepath::collector
