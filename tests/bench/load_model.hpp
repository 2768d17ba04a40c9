// The load every benchmark of the collector is measured under: visitors come in sessions of about ten events
// over minutes, some thousands of all profiles active at a time, 2 % of the events sent twice, 1 % late by
// hours, one session in five signs in. The same options give the same events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "collector/journal/accepted_batch.hpp"

namespace desirepath::bench {

struct LoadOptions {
  std::size_t profiles = 1'000'000;
  std::size_t active = 20'000;      // people with a session at a time
  std::size_t session_events = 10;  // on average
  double duplicates = 0.02;
  double late = 0.01;
  bool uniform = false;            // instead: each event is of any profile, nothing is a session
  std::int64_t begin_ms = 0;       // when the first event happens
  double events_per_second = 667;  // of the modelled time: 20,000 people, ten events in five minutes
};

class LoadModel {
 public:
  explicit LoadModel(const LoadOptions& options);

  // The next event as ingest accepts it.
  collector::AcceptedEvent next();
  // The modelled time: when the event after the last one happens.
  std::int64_t now_ms() const { return options_.begin_ms + static_cast<std::int64_t>(made_ * ms_per_event_); }

 private:
  struct Visitor {
    std::size_t profile;
    std::size_t left;
    std::size_t seen;
    bool signs_in;
  };
  Visitor arrive();
  collector::AcceptedEvent event_of(Visitor& visitor, std::int64_t time_ms);

  LoadOptions options_;
  double ms_per_event_;
  double made_ = 0;
  std::uint64_t number_ = 0;
  std::mt19937_64 random_{20'261'001};
  std::vector<Visitor> active_;
  std::vector<collector::AcceptedEvent> sent_;  // some of the latest, to be sent again
};

}  // namespace desirepath::bench
