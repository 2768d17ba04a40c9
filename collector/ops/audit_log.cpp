#include "collector/ops/audit_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/ops/key_ring.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kShownCharacters = 8;

void add_member(std::string& line, const char* name, std::string_view value) {
  line.append(",\"").append(name).append("\":");
  append_json_string(line, value);
}

tl::unexpected<Error> io_failure(const std::filesystem::path& file) {
  return failure(ErrorCode::io, file.string() + ": " + std::strerror(errno));
}

}  // namespace

std::string who_of(const KeyInfo& key) {
  return "key " + std::to_string(key.id) + " " + key.shown.substr(0, kShownCharacters);
}

std::string who_of_command_line() {
  return "command line, uid " + std::to_string(::getuid());
}

Result<void> AuditLog::record(const AuditEntry& entry) const {
  std::string line = "{\"time\":\"" + format_timestamp(now_ms_()) + "\"";
  add_member(line, "who", entry.who);
  add_member(line, "act", entry.act);
  if (!entry.on.empty()) add_member(line, "on", entry.on);
  add_member(line, "outcome", entry.outcome);
  line += "}\n";
  const int descriptor = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return io_failure(file_);
  const bool written = ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(descriptor) == 0;
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  if (!written) return io_failure(file_);
  return {};
}

Result<std::vector<std::string>> AuditLog::newest(std::size_t lines_max) const {
  std::ifstream in(file_, std::ios::binary);
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    // A line that power loss cut short is no line.
    if (!line.starts_with('{') || !line.ends_with('}')) continue;
    lines.push_back(std::move(line));
    if (lines.size() > lines_max) lines.pop_front();
  }
  if (in.bad()) return failure(ErrorCode::io, file_.string() + ": cannot be read");
  return std::vector<std::string>(std::make_move_iterator(lines.begin()),
                                  std::make_move_iterator(lines.end()));
}

}  // namespace desirepath::collector
