#include "collector/ops/operator_log.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"

namespace desirepath::collector {
namespace {

constexpr std::chrono::seconds kSeldom{10};

std::string now_text() {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
  return format_timestamp(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

}  // namespace

const char* to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "error";
}

void OperatorLog::put(LogLevel level, std::string_view event, std::initializer_list<LogField> fields,
                      std::uint64_t count) {
  std::string line;
  if (options_.is_text) {
    line = now_text() + " " + to_string(level) + " " + std::string(event);
    for (const auto& [name, value] : fields) {
      if (!value.empty()) line.append(" ").append(name).append("=").append(value);
    }
    if (count > 1) line += " count=" + std::to_string(count);
  } else {
    line = "{\"time\":\"" + now_text() + "\",\"level\":\"" + to_string(level) + "\",\"event\":";
    append_json_string(line, event);
    for (const auto& [name, value] : fields) {
      if (value.empty()) continue;
      line.append(",\"").append(name).append("\":");
      append_json_string(line, value);
    }
    if (count > 1) line += ",\"count\":" + std::to_string(count);
    line += '}';
  }
  std::fprintf(out_, "%s\n", line.c_str());
  std::fflush(out_);
}

void OperatorLog::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!shows(level)) return;
  const std::lock_guard lock(mutex_);
  put(level, event, fields, 1);
}

void OperatorLog::write_seldom(LogLevel level, std::string_view event, const std::string& key,
                               std::initializer_list<LogField> fields) {
  if (!shows(level)) return;
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  Seldom& seldom = seldom_[key];
  ++seldom.count;
  if (seldom.written != std::chrono::steady_clock::time_point() && now - seldom.written < kSeldom) return;
  put(level, event, fields, seldom.count);
  seldom = {now, 0};
}

}  // namespace desirepath::collector
