#include "collector/http/read_after.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>

#include "collector/fold/fold.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/profile_store.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector {

Result<std::uint64_t> query_number(const HttpRequest& request, std::string_view name,
                                   std::uint64_t fallback) {
  const auto text = query_value(request.query, name);
  if (!text) return fallback;
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size()) {
    return failure(ErrorCode::bad_request, "?" + std::string(name) + "= must be a whole number",
                   std::string(name));
  }
  return number;
}

Result<std::optional<std::int64_t>> query_time(const HttpRequest& request, std::string_view name) {
  const auto text = query_value(request.query, name);
  if (!text) return std::optional<std::int64_t>{};
  if (const auto parsed = parse_timestamp(*text)) return std::optional(*parsed);
  const auto number = query_number(request, name, 0);
  if (number && *number <= static_cast<std::uint64_t>(kTimeMaxMs)) {
    return std::optional(static_cast<std::int64_t>(*number));
  }
  return failure(ErrorCode::bad_request,
                 "?" + std::string(name) + "= must be a time: 2026-01-31T12:00:00Z, or ms since 1970",
                 std::string(name));
}

namespace {

Result<void> wait_for_refolds(Api& api, std::optional<NodeId> profile, std::chrono::milliseconds wait) {
  if (api.fold.counters().refolds_waiting == 0) return {};
  auto done = wait.count() > 0 ? api.fold.refold_waiting(profile, wait) : Result<bool>(false);
  if (!done) return tl::make_unexpected(std::move(done.error()));
  if (*done) return {};
  return failure(ErrorCode::behind, "events that came late wait to be folded; try again with ?wait=MS");
}

// How long may still be waited; none without ?after=.
Result<std::optional<std::chrono::milliseconds>> reach_cursor(Api& api, const HttpRequest& request) {
  using Left = std::optional<std::chrono::milliseconds>;
  const auto after = query_number(request, "after", 0);
  if (!after) return tl::make_unexpected(after.error());
  const auto wait_ms = query_number(request, "wait", 0);
  if (!wait_ms) return tl::make_unexpected(wait_ms.error());
  if (*after == 0) return Left{};
  const Cursor cursor{*after};
  const std::chrono::milliseconds wait(std::min<std::uint64_t>(*wait_ms, kWaitMax.count()));
  if (api.fold.cursor() >= cursor) return Left(wait);
  const auto began = std::chrono::steady_clock::now();
  if (wait.count() > 0 && api.fold.wait_for(cursor, wait)) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    return Left(std::max(wait - passed, std::chrono::milliseconds(1)));
  }
  return failure(ErrorCode::behind, "profiles are at cursor " + std::to_string(api.fold.cursor().position) +
                                        ", not yet at " + std::to_string(*after) +
                                        "; try again with ?wait=MS");
}

}  // namespace

Result<void> wait_for_cursor(Api& api, const HttpRequest& request) {
  const auto left = reach_cursor(api, request);
  if (!left) return tl::make_unexpected(left.error());
  return *left ? wait_for_refolds(api, std::nullopt, **left) : Result<void>{};
}

Result<void> wait_for_cursor(Api& api, const HttpRequest& request, std::string_view type,
                             std::string_view value) {
  const auto left = reach_cursor(api, request);
  if (!left) return tl::make_unexpected(left.error());
  if (!*left || api.fold.counters().refolds_waiting == 0) return {};
  auto session = api.profiles.snapshot();
  if (!session) return tl::make_unexpected(session.error());
  const auto profile = find_profile(**session, type, value);
  if (!profile) return {};  // the read says so itself
  const auto waiting = (*session)->waiting().of(*profile);
  if (!waiting) return tl::make_unexpected(waiting.error());
  return *waiting ? wait_for_refolds(api, *profile, **left) : Result<void>{};
}

}  // namespace desirepath::collector
