// What operators did: one line of JSON for each act, appended and synced before the act is answered.
//
//   {"time":"…","who":"key 3 dpa_abcd","act":"keys create","on":"key 7 write","outcome":"done"}
//
// A line names keys and commands, never a person: what is erased must not live on here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

struct KeyInfo;

struct AuditEntry {
  std::string who;      // as who_of() writes it
  std::string act;      // e.g. "keys revoke", "GET /v1/export/"
  std::string on;       // what it was done to; empty where the act says it
  std::string outcome;  // "done", or why not
};

// "key 3 dpa_abcd"
std::string who_of(const KeyInfo& key);
// "command line, uid 1000"
std::string who_of_command_line();

// Any thread, any number of processes: a line is one write to the end of the file.
class AuditLog {
 public:
  // `now_ms`: wall clock, ms UTC.
  AuditLog(std::filesystem::path file, std::function<std::int64_t()> now_ms)
      : file_(std::move(file)), now_ms_(std::move(now_ms)) {}

  // ErrorCode::io where it could not be made durable.
  Result<void> record(const AuditEntry& entry) const;
  // The newest `lines_max` lines, oldest first.
  Result<std::vector<std::string>> newest(std::size_t lines_max) const;

 private:
  std::filesystem::path file_;
  std::function<std::int64_t()> now_ms_;
};

}  // namespace desirepath::collector
