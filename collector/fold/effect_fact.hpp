// The facts that the collector states itself, as events of the person they are about.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/profile/outbox_rows.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {

// Each names who its anchor names, with the anchor's trust, so that it lies in the anchor's strand and goes
// where that goes when profiles merge and part. It links nobody that the anchor has not linked.

// `Decision Reserved`, at the decision's own time under its decisionId: beside its anchor. It carries
// trigger, purpose, promise, channel, treatment and destination.
Result<StoredEvent> reserved_fact(const StoredEvent& anchor, const OutboxRow& row, std::int64_t now_ms);
// `Decision Released`, now.
Result<StoredEvent> released_fact(const StoredEvent& anchor, const OutboxRow& row, std::int64_t now_ms);
// `Experiment Assigned`, at the assignment's time.
Result<StoredEvent> assigned_fact(const StoredEvent& anchor, const AssignmentRecord& assignment,
                                  std::int64_t now_ms);

}  // namespace desirepath::collector
