#include "collector/http/request_key.hpp"

#include <algorithm>

#include "collector/http/rate_limiter.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ops/allowed_origin.hpp"

namespace desirepath::collector {
namespace {

// The rest after "Scheme ", whatever the case of its letters.
std::string_view after_scheme(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if ((header[i] | 0x20) != scheme[i]) return {};
  }
  header.remove_prefix(scheme.size());
  while (!header.empty() && header.front() == ' ') header.remove_prefix(1);
  return header;
}

// Secret keys are their server's: its address is no limit of theirs.
Result<void> within_rate(Api& api, const HttpRequest& request, const KeyInfo* key) {
  const auto now = RateLimiter::Clock::now();
  const bool is_server = key != nullptr && key->kind != KeyKind::write;
  if (const auto address = parse_address(request.client_address); address && !is_server) {
    if (!api.rates.take_for_address(*address, now)) {
      ++api.counters.limited_addresses;
      return failure(ErrorCode::rate_limited, "too many requests from this address; slow down");
    }
  }
  if (key != nullptr && !api.rates.take_for_key(key->id, now)) {
    ++api.counters.limited_keys;
    return failure(ErrorCode::rate_limited, "too many requests with this key; slow down");
  }
  return {};
}

bool allows_page(const KeyInfo& key, std::string_view origin) {
  return key.origins.empty() || origin.empty() ||
         std::any_of(key.origins.begin(), key.origins.end(),
                     [&](const std::string& allowed) { return allows_origin(allowed, origin); });
}

}  // namespace

std::string presented_key(const HttpRequest& request) {
  if (const auto bearer = after_scheme(request.authorization, "bearer"); !bearer.empty())
    return std::string(bearer);
  if (const auto basic = after_scheme(request.authorization, "basic"); !basic.empty()) {
    const std::string decoded = base64_decode(basic).value_or("");
    if (std::string user = decoded.substr(0, decoded.find(':')); !user.empty()) return user;
  }
  if (!request.write_key.empty())
    return std::string(request.write_key.substr(0, request.write_key.find(':')));
  return query_value(request.query, "k").value_or("");
}

Result<KeyInfo> admit(Api& api, const HttpRequest& request, std::string_view key, KeyKinds allowed) {
  auto info = api.keys.find(key);
  if (auto within = within_rate(api, request, info ? &*info : nullptr); !within) {
    return tl::make_unexpected(std::move(within.error()));
  }
  if (!info) {
    return failure(ErrorCode::unauthorized, key.empty()
                                                ? "a key is needed: Authorization: Bearer KEY, or ?k=KEY"
                                                : "this key is unknown or revoked");
  }
  if (!allowed.has(info->kind)) {
    return failure(ErrorCode::forbidden,
                   "this may not be done with a key of kind " + std::string(to_string(info->kind)));
  }
  if (!allows_page(*info, request.origin)) {
    return failure(ErrorCode::forbidden, "this key is not for pages of this origin; make one with --origin");
  }
  return std::move(*info);
}

Result<KeyInfo> admit_sender(Api& api, const HttpRequest& request, std::string_view in_body) {
  if (request.key != nullptr) return *request.key;
  return admit(api, request, in_body, kAppend);
}

}  // namespace desirepath::collector
