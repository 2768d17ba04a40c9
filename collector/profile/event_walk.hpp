// The events of some strands in the order of their profile, read chunk by chunk: memory goes with the chunks
// that overlap in time, not with the number of events. One thread; the session must stay open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

struct EventWalkOptions {
  bool with_json = false;
  std::uint64_t after_position = 0;  // chunks in which nothing is newer are passed over whole
  EventOrder after{};                // events up to here are passed over
};

class EventWalk {
 public:
  static Result<EventWalk> begin(ProfileSession& session, const std::vector<StrandRecord>& strands,
                                 const EventWalkOptions& options);

  // The next event, valid until the next call; null at the end.
  Result<const OrderedEvent*> next();

 private:
  struct Closed {
    ChunkHead chunk;
    std::size_t stream;  // in streams_
  };
  struct Open {
    std::vector<OrderedEvent> events;  // the next one last
  };

  EventWalk(ProfileSession& session, const EventWalkOptions& options)
      : session_(&session), options_(options) {}
  Result<void> open_earliest();
  static bool is_later(const Open& a, const Open& b) { return a.events.back().order > b.events.back().order; }

  ProfileSession* session_;
  EventWalkOptions options_;
  std::vector<std::string> streams_;
  std::vector<Closed> closed_;  // the earliest last
  std::vector<Open> open_;      // a heap, the earliest next event on top
  OrderedEvent current_;
};

}  // namespace desirepath::collector
