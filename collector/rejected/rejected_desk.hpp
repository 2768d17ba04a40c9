// Rejected events, looked after: listed, mended, replayed, discarded.
//
// A replay stores the event as if it had come in whole when it was rejected: same receipt, source, trust and
// messageId. Event and mark are one batch of the journal, so after a crash either both are there or neither,
// and a second replay of the same event does nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// One to be tried again.
struct ReplayWish {
  std::int64_t id = 0;
  std::string json;  // the event mended; empty: as it came
};

struct ReplayAnswer {
  struct StillRejected {
    std::int64_t id;
    Rejection why;
  };
  std::vector<std::int64_t> replayed;
  std::vector<StillRejected> rejected;  // stay as they were
  std::vector<std::int64_t> skipped;    // replayed before, discarded, or never there
  Cursor cursor{};
};

// One process-wide replay or discard at a time, from any thread. What it works on outlives it.
class RejectedDesk {
 public:
  // `catch_up` returns once everything the journal holds is folded.
  RejectedDesk(Journal& journal, Ingest& ingest, ProfileStore& profiles,
               std::function<Result<void>()> catch_up, std::function<std::int64_t()> now_ms);

  // Each id once; more than kReplaysMax are bad_request.
  Result<ReplayAnswer> replay(const std::vector<ReplayWish>& wishes);
  // Removes them; how many there were.
  Result<std::size_t> discard(const std::vector<std::int64_t>& ids);

 private:
  Result<void> replay_group(const std::vector<RejectedRecord>& records, const std::vector<ReplayWish>& wishes,
                            std::size_t begin, std::size_t end, ReplayAnswer& answer);
  Journal& journal_;
  Ingest& ingest_;
  ProfileStore& profiles_;
  std::function<Result<void>()> catch_up_;
  std::function<std::int64_t()> now_ms_;
};

// As one object:
// {"id","receivedAt","source","trust","code","message","field","name","messageId","event":{…}}, with "text"
// in place of "event" where that is no JSON, and "replayedAt" where it was.
std::string rejected_json(const RejectedRecord& record);

// {"id":7,"event":{…}}, as rejected_json() writes it and somebody has mended it; other members are left
// aside.
Result<ReplayWish> replay_wish(const std::string& json);

}  // namespace desirepath::collector
