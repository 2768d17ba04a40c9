#include "collector/ops/allowed_origin.hpp"

#include <algorithm>

namespace desirepath::collector {
namespace {

constexpr std::string_view kAnyHostBelow = "://*.";

struct Scheme {
  std::string_view beginning;
  std::string_view own_port;
};
constexpr Scheme kSchemes[] = {{"https://", ":443"}, {"http://", ":80"}};

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("-._:[]").find(c) != std::string_view::npos;
}

bool is_host(std::string_view host) {
  if (host.starts_with("*.")) host.remove_prefix(2);
  return !host.empty() && std::all_of(host.begin(), host.end(), is_host_character);
}

}  // namespace

Result<std::string> normalize_origin(std::string_view text) {
  std::string origin(text);
  for (char& c : origin) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (origin.ends_with('/')) origin.pop_back();
  for (const Scheme& scheme : kSchemes) {
    if (!origin.starts_with(scheme.beginning)) continue;
    if (origin.ends_with(scheme.own_port)) origin.resize(origin.size() - scheme.own_port.size());
    if (!is_host(std::string_view(origin).substr(scheme.beginning.size()))) break;
    return origin;
  }
  return failure(ErrorCode::bad_request, "'" + std::string(text) +
                                             "' is no origin; write https://shop.example, "
                                             "https://*.shop.example or http://127.0.0.1:3000");
}

bool allows_origin(std::string_view allowed, std::string_view origin) {
  const std::size_t star = allowed.find(kAnyHostBelow);
  if (star == std::string_view::npos) return allowed == origin;
  const std::string_view scheme = allowed.substr(0, star + 3);
  const std::string_view below = allowed.substr(star + kAnyHostBelow.size() - 1);  // ".shop.example"
  return origin.starts_with(scheme) && origin.size() > scheme.size() + below.size() &&
         origin.ends_with(below);
}

}  // namespace desirepath::collector
