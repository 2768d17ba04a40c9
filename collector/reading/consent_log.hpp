// What was said of a person's consent, as JSON: where each category stands, and each grant and withdrawal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// {"marketing":{"granted","timestamp","receivedAt","trust","source","messageId"},…}: of the latest grant or
// withdrawal.
std::string consents_json(const ConsentBook& consents);

// [{"category","granted","timestamp","receivedAt","messageId","source","trust","binding"}], oldest first, the
// newest `limit`. Not binding is what was claimed of a proved profile: it speaks for the device that said it.
Result<std::string> consent_log_json(ProfileSession& session, const JourneySet& journeys, NodeId profile,
                                     std::size_t limit);

// GET /v1/profiles/{type}:{value}/consent: {"profile","consents":{…},"suppressions":[…],"log":[…]}
Result<std::string> consent_json(ProfileStore& store, const JourneySet& journeys, std::string_view type,
                                 std::string_view value, std::size_t limit);

}  // namespace desirepath::collector
