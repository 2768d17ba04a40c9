// What the operator is told while the collector serves: lines on standard error, as JSON or as text.
//
//   {"time":"2026-11-22T10:00:00.000Z","level":"warn","event":"refused","code":"not_durable","message":"…","count":3}
//
// Keys, bodies and addresses are in no line.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace desirepath::collector {

enum class LogLevel : std::uint8_t { debug, info, warn, error };

const char* to_string(LogLevel level) noexcept;

struct LogOptions {
  LogLevel least = LogLevel::info;
  bool is_text = false;  // for people; else JSON
};

using LogField = std::pair<std::string_view, std::string>;  // one without a value is left out

// Thread-safe. `out` must outlive it.
class OperatorLog {
 public:
  OperatorLog(std::FILE* out, LogOptions options) : out_(out), options_(options) {}

  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);
  // Of what may happen thousands of times a second: one line for each `key` in ten seconds, with "count", how
  // often it happened since the line before.
  void write_seldom(LogLevel level, std::string_view event, const std::string& key,
                    std::initializer_list<LogField> fields);
  bool shows(LogLevel level) const { return level >= options_.least; }

 private:
  struct Seldom {
    std::chrono::steady_clock::time_point written{};
    std::uint64_t count = 0;
  };
  void put(LogLevel level, std::string_view event, std::initializer_list<LogField> fields,
           std::uint64_t count);

  std::FILE* out_;
  const LogOptions options_;
  std::mutex mutex_;
  std::map<std::string, Seldom> seldom_;  // by a closed set of keys
};

}  // namespace desirepath::collector
