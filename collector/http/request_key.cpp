#include "collector/http/request_key.hpp"

#include <algorithm>

#include "collector/http/url_text.hpp"

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

}  // namespace

std::string presented_key(const HttpRequest& request, std::string_view in_body) {
  if (const auto bearer = after_scheme(request.authorization, "bearer"); !bearer.empty())
    return std::string(bearer);
  if (const auto basic = after_scheme(request.authorization, "basic"); !basic.empty()) {
    const std::string decoded = base64_decode(basic).value_or("");
    if (std::string user = decoded.substr(0, decoded.find(':')); !user.empty()) return user;
  }
  if (auto key = query_value(request.query, "k"); key && !key->empty()) return std::move(*key);
  return std::string(in_body);
}

Result<KeyInfo> authorize(KeyRing& ring, std::string_view key, std::initializer_list<KeyKind> allowed) {
  auto info = ring.find(key);
  if (!info) {
    return failure(ErrorCode::unauthorized, key.empty()
                                                ? "a key is needed: Authorization: Bearer KEY, or ?k=KEY"
                                                : "this key is unknown or revoked");
  }
  if (std::find(allowed.begin(), allowed.end(), info->kind) == allowed.end()) {
    return failure(ErrorCode::forbidden, std::string("a ") + to_string(info->kind) + " key may not do this");
  }
  return std::move(*info);
}

}  // namespace desirepath::collector
