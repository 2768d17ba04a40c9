#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "collector/export/export_run.hpp"
#include "collector/export/subject_export.hpp"
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
  using Source = std::function<Result<bool>(std::string&)>;
  ExportBody(std::unique_ptr<ExportSeat> seat, Source source)
      : seat_(std::move(seat)), source_(std::move(source)), began_(std::chrono::steady_clock::now()) {}

  Result<bool> next(std::string& piece) override {
    using Seconds = std::chrono::duration<double>;
    const Seconds sending = std::chrono::steady_clock::now() - began_ - making_ - kExportGrace;
    if (sending.count() * kExportBytesPerSecondMin > static_cast<double>(bytes_)) {
      return failure(ErrorCode::io, "the reader is too slow for an export");
    }
    const auto begins = std::chrono::steady_clock::now();
    auto more = source_(piece);
    making_ += std::chrono::steady_clock::now() - begins;
    bytes_ += piece.size();
    return more;
  }

 private:
  std::unique_ptr<ExportSeat> seat_;
  Source source_;
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

// One person's whole document.
Result<HttpAnswer> begin_subject(Api& api, const std::string& who, const ExportOptions& options,
                                 std::unique_ptr<ExportSeat> seat) {
  if (options.subject != ExportSubject::profiles) {
    return failure(ErrorCode::bad_request, "?id= is asked of /v1/export/profiles", "id");
  }
  if (options.format != ExportFormat::jsonl || !options.where.empty() || !options.after.empty()) {
    return failure(ErrorCode::bad_request, "?id= is one person's whole document: leave the rest out", "id");
  }
  auto begun = SubjectExport::begin(api.profiles, api.engines, api.journeys.current(), {who, api.now_ms()});
  if (!begun) return tl::make_unexpected(begun.error());
  std::shared_ptr<SubjectExport> subject = *std::move(begun);
  HttpAnswer answer;
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.pulled = std::make_shared<ExportBody>(
      std::move(seat), [subject](std::string& piece) { return subject->next(piece); });
  return answer;
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
  if (const auto who = query_value(request.query, "id")) {
    return begin_subject(api, *who, *options, std::move(seat));
  }
  auto begun = ExportRun::begin(api.profiles, api.journeys.current(), *options);
  if (!begun) return tl::make_unexpected(begun.error());
  std::shared_ptr<ExportRun> run = *std::move(begun);
  HttpAnswer answer;
  const bool is_csv = options->format == ExportFormat::csv;
  answer.content_type = is_csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  answer.headers.emplace_back("Desirepath-Cursor", run->cursor());
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.pulled =
      std::make_shared<ExportBody>(std::move(seat), [run](std::string& piece) { return run->next(piece); });
  return answer;
}

}  // namespace

HttpAnswer answer_export(Api& api, const HttpRequest& request) {
  auto answer = begin_export(api, request);
  return answer ? *std::move(answer) : error_answer(answer.error());
}

}  // namespace desirepath::collector
