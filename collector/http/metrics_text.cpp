#include "collector/http/metrics_text.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "collector/build_version.hpp"
#include "collector/fold/fold.hpp"
#include "collector/http/request_metrics.hpp"
#include "collector/journal/journal.hpp"

namespace desirepath::collector {
namespace {

enum class Type : std::uint8_t { counter, gauge };

void add(std::string& text, const char* name, Type type, const char* help, std::uint64_t value) {
  text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
  text.append(type == Type::counter ? " counter\n" : " gauge\n");
  text.append(name).append(" ").append(std::to_string(value)).append("\n");
}

std::uint64_t percent(const WorkProgress& work) {
  return work.total == 0 ? 100 : work.done * 100 / work.total;
}

// Age of the oldest accepted batch that is not folded; 0 where there is none.
std::uint64_t seconds_behind(Api& api) {
  const Cursor cursor = api.fold.cursor();
  if (cursor >= api.journal.head()) return 0;
  const auto next = api.journal.read_after(cursor, 1);
  if (!next || next->empty()) return 0;
  return static_cast<std::uint64_t>(
             std::max<std::int64_t>(0, api.now_ms() - next->front().batch.received_at_ms)) /
         1'000;
}

void add_rejected(std::string& text, const ApiCounters& counters) {
  text +=
      "# HELP desirepath_events_rejected_total Events rejected at ingest, by the code of their verdict.\n"
      "# TYPE desirepath_events_rejected_total counter\n";
  for (std::size_t code = 0; code < kRejectCodes; ++code) {
    text += std::string("desirepath_events_rejected_total{code=\"") +
            to_string(static_cast<RejectCode>(code)) + "\"} " +
            std::to_string(counters.rejected[code].load()) + "\n";
  }
}

void add_events(std::string& text, Api& api) {
  const ApiCounters& counters = api.counters;
  const Type counter = Type::counter;
  add(text, "desirepath_http_requests_begun_total", counter, "Requests that came whole.", counters.requests);
  add(text, "desirepath_events_accepted_total", counter, "Events acknowledged.", counters.accepted);
  add(text, "desirepath_events_duplicate_total", counter, "Events known to be duplicates at ingest.",
      counters.duplicates);
  add_rejected(text, counters);
  add(text, "desirepath_rate_limited_keys_total", counter, "Requests refused because of their key's rate.",
      counters.limited_keys);
  add(text, "desirepath_rate_limited_addresses_total", counter,
      "Requests refused because of their address' rate.", counters.limited_addresses);
}

void add_fold(std::string& text, Api& api) {
  const FoldCounters fold = api.fold.counters();
  const std::uint64_t head = api.journal.head().position;
  const std::uint64_t cursor = api.fold.cursor().position;
  add(text, "desirepath_journal_bytes", Type::gauge, "Bytes of the journal's files.", api.journal.bytes());
  add(text, "desirepath_journal_head", Type::gauge, "Number of the newest durable batch.", head);
  add(text, "desirepath_fold_cursor", Type::gauge, "Number of the newest folded batch.", cursor);
  add(text, "desirepath_fold_behind_batches", Type::gauge, "Batches that wait to be folded.",
      head > cursor ? head - cursor : 0);
  add(text, "desirepath_fold_behind_seconds", Type::gauge, "Age of the oldest batch that waits to be folded.",
      seconds_behind(api));
  add(text, "desirepath_fold_events_total", Type::counter, "Events folded.", fold.events);
  add(text, "desirepath_fold_duplicates_total", Type::counter, "Duplicates left out by the fold.",
      fold.duplicates);
  add(text, "desirepath_fold_decisions_total", Type::counter, "Decisions made.", fold.decisions);
  add(text, "desirepath_fold_refolds_total", Type::counter,
      "Profiles folded anew, from their start or a checkpoint.", fold.profiles_refolded);
  add(text, "desirepath_fold_replayed_events_total", Type::counter, "Events that refolds have folded again.",
      fold.events_replayed);
  add(text, "desirepath_fold_refolds_waiting", Type::gauge,
      "Profiles that wait to be refolded, because a stream sends too much too late.", fold.refolds_waiting);
  add(text, "desirepath_fold_transactions_total", Type::counter, "Transactions of the fold.",
      fold.transactions);
  add(text, "desirepath_rejected_events_lost_total", Type::counter, "Rejected events that were not kept.",
      fold.rejected_lost);
  add(text, "desirepath_retention_events_total", Type::counter, "Events let go for their age.", fold.expired);
  add(text, "desirepath_retention_profiles_total", Type::counter, "Profiles that had no others.",
      fold.expired_profiles);
  add(text, "desirepath_fold_damaged_profiles", Type::gauge,
      "Profiles that cannot be read and are passed over.", fold.profiles_damaged);
  add(text, "desirepath_fold_taken_over_percent", Type::gauge,
      "How far the newest journeys have been taken up.", percent(fold.takeover));
  add(text, "desirepath_fold_rebuilt_percent", Type::gauge,
      "How far all has been folded anew for other identifier rules; 100 where nothing is.",
      percent(fold.rebuild));
  add(text, "desirepath_fold_busy_milliseconds_total", Type::counter, "Time spent folding.",
      fold.busy_ns / 1'000'000);
}

void add_machine(std::string& text, const OpsParts& parts) {
  struct statvfs disk {};
  if (::statvfs(parts.data.c_str(), &disk) == 0) {
    const std::uint64_t block = disk.f_frsize;
    add(text, "desirepath_disk_free_bytes", Type::gauge, "Free bytes where the data directory is.",
        disk.f_bavail * block);
    add(text, "desirepath_disk_size_bytes", Type::gauge, "Size of that file system.", disk.f_blocks * block);
  }
  std::error_code error;
  std::uint64_t used = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(parts.data, error)) {
    const std::uintmax_t size = entry.is_regular_file(error) ? entry.file_size(error) : 0;
    if (!error) used += size;
  }
  add(text, "desirepath_data_bytes", Type::gauge, "Bytes of the data directory's files.", used);
  std::ifstream memory("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  if (memory >> pages >> resident) {
    add(text, "desirepath_memory_resident_bytes", Type::gauge, "Memory in use.",
        resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  }
}

}  // namespace

std::string metrics_text(const OpsParts& parts) {
  std::string text =
      "# HELP desirepath_build_info The version that runs.\n# TYPE desirepath_build_info gauge\n"
      "desirepath_build_info{version=\"";
  text.append(build_version()).append("\"} 1\n");
  add_events(text, parts.api);
  add_fold(text, parts.api);
  const ConnectionCounts connections = parts.connections();
  add(text, "desirepath_connections_waiting", Type::gauge, "Connections that wait for bytes.",
      connections.waiting);
  add(text, "desirepath_connections_served", Type::gauge, "Connections whose request is being answered.",
      connections.served);
  if (parts.tls != nullptr) {
    add(text, "desirepath_tls_certificate_expiry_seconds", Type::gauge,
        "When the certificate ends, Unix time.", static_cast<std::uint64_t>(parts.tls->expires_ms() / 1'000));
  }
  add_machine(text, parts);
  return text + parts.api.metrics.text();
}

}  // namespace desirepath::collector
