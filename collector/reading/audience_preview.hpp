// Who an audience, or a condition over profiles, means: found by looking at profiles one after another, in
// the order of their ids. Ids are hashes: the first so many are a fair sample of all, so that a look that
// runs out of time still tells how many there are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

struct PreviewLimits {
  std::size_t sample = 20;  // members shown
  std::chrono::milliseconds budget{2'000};
};

// {"where":…,"matched","scanned","estimate","exact":true|false,"sample":[profile lines],
// "excluded":[{"part":{…},"profiles","alone","sample":["profile id",…]}],"cursor"}
//
// `matched` of the `scanned` profiles hold it; `estimate` is how many of all would, the number itself where
// `exact` (all were looked at). `excluded` has each part of the condition, its top-level members: how many
// profiles it turns away, and of these those that only it does. Everything as of `now_ms`.
//
// `where` reads profile lines (profile_line.hpp, line_condition.hpp). ErrorCode::bad_request for a mistake.
Result<std::string> preview_where(ProfileStore& store, const JourneySet& journeys, std::string_view where,
                                  std::int64_t now_ms, const PreviewLimits& limits);

// The same of a declared audience, by the engine's own judgement of each part. Of several journeys that
// declare the id, the first's. ErrorCode::not_found where none does.
Result<std::string> preview_audience(ProfileStore& store, const JourneySet& journeys, std::string_view id,
                                     std::int64_t now_ms, const PreviewLimits& limits);

// {"profiles":[profile lines],"next":"profile id"|null,"scanned","cursor"}: the first `limit` profiles after
// `after` (a profile id; empty: from the first) that hold it. `next` is where to go on; null at the end.
Result<std::string> search_profiles(ProfileStore& store, const JourneySet& journeys, std::string_view where,
                                    std::string_view after, std::int64_t now_ms, std::size_t limit,
                                    std::chrono::milliseconds budget);

}  // namespace desirepath::collector
