#include <algorithm>
#include <chrono>
#include <string>

#include "collector/export/export_run.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/read_after.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kPrefix = "/v1/export/";

// One of the exports that may run at a time.
class ExportSeat {
 public:
  static std::unique_ptr<ExportSeat> take(Api& api) {
    std::unique_ptr<ExportSeat> seat(new ExportSeat(api.exports_running));
    return seat->number_ <= kExportsMax ? std::move(seat) : nullptr;
  }
  ~ExportSeat() { --running_; }
  ExportSeat(const ExportSeat&) = delete;
  ExportSeat& operator=(const ExportSeat&) = delete;

 private:
  explicit ExportSeat(std::atomic<std::size_t>& running) : running_(running), number_(++running) {}
  std::atomic<std::size_t>& running_;
  std::size_t number_;
};

// A run on its way to one reader, who must keep up.
class ExportBody final : public PulledBody {
 public:
  ExportBody(std::unique_ptr<ExportSeat> seat, std::unique_ptr<ExportRun> run)
      : seat_(std::move(seat)), run_(std::move(run)), began_(std::chrono::steady_clock::now()) {}

  Result<bool> next(std::string& piece) override {
    using Seconds = std::chrono::duration<double>;
    const Seconds sending = std::chrono::steady_clock::now() - began_ - making_ - kExportGrace;
    if (sending.count() * kExportBytesPerSecondMin > static_cast<double>(bytes_)) {
      return failure(ErrorCode::io, "the reader is too slow for an export");
    }
    const auto begins = std::chrono::steady_clock::now();
    auto more = run_->next(piece);
    making_ += std::chrono::steady_clock::now() - begins;
    bytes_ += piece.size();
    return more;
  }

 private:
  std::unique_ptr<ExportSeat> seat_;
  std::unique_ptr<ExportRun> run_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::duration making_{};  // of the time since, what the collector took itself
  std::size_t bytes_ = 0;
};

Result<ExportOptions> options_of(const HttpRequest& request) {
  ExportOptions options;
  const auto subject = parse_export_subject(request.path.substr(kPrefix.size()));
  if (!subject)
    return failure(ErrorCode::not_found, "what can be exported is profiles, events and decisions");
  options.subject = *subject;
  const auto format = parse_export_format(query_value(request.query, "format").value_or("jsonl"));
  if (!format) return failure(ErrorCode::bad_request, "?format= is jsonl or csv", "format");
  options.format = *format;
  options.where = query_value(request.query, "where").value_or("");
  options.after = query_value(request.query, "after").value_or("");
  return options;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<HttpAnswer> begin_export(Api& api, const HttpRequest& request) {
  auto options = options_of(request);
  if (!options) return tl::make_unexpected(options.error());
  if (is_number(options->after)) {
    if (auto seen = wait_for_cursor(api, request); !seen) return tl::make_unexpected(seen.error());
    options->after.clear();
  }
  auto seat = ExportSeat::take(api);
  if (!seat) {
    return failure(ErrorCode::rate_limited,
                   std::to_string(kExportsMax) + " exports are running; try again when one has ended");
  }
  auto run = ExportRun::begin(api.profiles, api.journeys.current(), *options);
  if (!run) return tl::make_unexpected(run.error());
  HttpAnswer answer;
  const bool is_csv = options->format == ExportFormat::csv;
  answer.content_type = is_csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  answer.headers.emplace_back("Desirepath-Cursor", (*run)->cursor());
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.pulled = std::make_shared<ExportBody>(std::move(seat), *std::move(run));
  return answer;
}

}  // namespace

HttpAnswer answer_export(Api& api, const HttpRequest& request) {
  auto answer = begin_export(api, request);
  return answer ? *std::move(answer) : error_answer(answer.error());
}

}  // namespace desirepath::collector
