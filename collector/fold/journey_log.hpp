// Which journey decided when: a new version is a logged fact, and what earlier ones decided stays as
// recorded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// A version of a journey that decided before the one of the set.
struct EarlierVersion {
  std::int64_t since_ms;
  Journey journey;
};
using EarlierVersions = std::map<std::string, std::vector<EarlierVersion>>;  // by journey, oldest first

// From when each journey of the set decides, and what decided until then.
struct DecisionHorizon {
  std::map<std::string, std::int64_t> since_ms;
  std::shared_ptr<const EarlierVersions> earlier = std::make_shared<const EarlierVersions>();
  bool is_anew = false;  // nothing is recorded yet: what earlier versions decide is taken as well

  // Whether the decision belongs to an earlier version, or to a journey no longer here, and is left as it is.
  bool is_frozen(const DecisionRecord& decision) const {
    const auto found = since_ms.find(decision.journey);
    return found == since_ms.end() || (!is_anew && decision.time_ms < found->second);
  }
};

// Compares the set with the one the data was folded with last and logs it where it is new, in the caller's
// transaction. A journey whose text or program is the same decides since when it did; a changed one from
// `now_ms`; all of the first set have always decided.
Result<DecisionHorizon> adopt_journeys(ProfileSession& session, const JourneySet& set, std::int64_t now_ms);

// The same for a reader, as the snapshot has it. Not whole where the fold has yet to take up some journey of
// the set: it decides from now on, that is after all events there are.
struct LoggedHorizon {
  DecisionHorizon horizon;
  bool is_whole = true;
};
Result<LoggedHorizon> logged_horizon(ProfileSession& session, const JourneySet& set);

}  // namespace desirepath::collector
