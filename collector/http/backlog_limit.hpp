// Whether so much waits to be folded that senders are to come back later.
#pragma once

#include "collector/fold/fold.hpp"
#include "collector/http/api.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/journal/journal.hpp"

namespace desirepath::collector {

inline bool is_behind(const Api& api) {
  return api.journal.bytes() > api.ingest.options().backlog_bytes_max &&
         api.journal.head() > api.fold.cursor();
}

}  // namespace desirepath::collector
