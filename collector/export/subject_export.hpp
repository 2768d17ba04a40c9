// All the collector has of one person, as one JSON document, written piece by piece in constant memory:
//
// {"subject","profile","exportedAt",
//  "document"       what GET /v1/profiles/{…} says: identifiers, traits with where they came from and the
//  values
//                   beside them, stages, audiences, scores, communications; null where there is no profile
//  "history"        moves between stages, into and out of audiences; null for more than kPastEventsMax events
//  "ledger"         every link with its cause, conflicts and cuts
//  "consent"        where each category stands, the suppression list's entries, every grant and withdrawal
//  "events":[{"receivedAt","source","trust","event"}],   in order, each as it was accepted
//  "decisions":[…], "outbox":[…],
//  "differingCopies":[{"receivedAt","event"}],  copies under a known messageId that said something else
//  "rejected":[…]}                              events that were not accepted and name one of the identifiers
//
// It may be read while the collector works; each part is as of some moment since the beginning.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/fold/replay_engines.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

struct SubjectQuestion {
  std::string_view who;  // TYPE:VALUE, or profile:ID
  std::int64_t now_ms = 0;
};

class SubjectExport {
 public:
  // ErrorCode::bad_request for what is no TYPE:VALUE of a known type, ErrorCode::not_found for who is
  // nowhere: neither in a profile, nor in a rejected event, nor on the suppression list. All but the question
  // must outlive it.
  static Result<std::unique_ptr<SubjectExport>> begin(ProfileStore& store, ReplayEngines& engines,
                                                      std::shared_ptr<const JourneySet> journeys,
                                                      const SubjectQuestion& question);
  ~SubjectExport();

  // Appends what comes next; false at the end.
  Result<bool> next(std::string& piece);

 private:
  class Parts;
  explicit SubjectExport(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace desirepath::collector
