#include "collector/http/api.hpp"

#include "collector/ingest/ingest.hpp"

namespace desirepath::collector {

void ApiCounters::count(const IngestAnswer& answer) {
  accepted += answer.accepted;
  duplicates += answer.duplicates;
  for (const Rejection& rejection : answer.rejected) ++rejected[static_cast<std::size_t>(rejection.code)];
}

}  // namespace desirepath::collector
