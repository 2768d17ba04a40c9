// What the fold tells a watcher, as JSON (fold.hpp: "What a watcher sees").
#pragma once

#include <string>
#include <string_view>

#include "collector/fold/profile_engine.hpp"
#include "collector/profile/profile_record.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {

std::string folded_event_json(std::string_view profile, const StoredEvent& event);
std::string folded_stage_json(std::string_view profile, const StageMoveRecord& move);

}  // namespace desirepath::collector
