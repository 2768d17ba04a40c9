#include "collector/http/client_address.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace desirepath::collector {
namespace {

constexpr std::size_t kHopsMax = 32;  // real chains are shorter than five

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the part behind the last separator away from `text`.
std::string_view take_last(std::string_view& text, char separator) {
  const std::size_t at = text.rfind(separator);
  const std::string_view last = at == std::string_view::npos ? text : text.substr(at + 1);
  text = at == std::string_view::npos ? std::string_view() : text.substr(0, at);
  return trim(last);
}

// for="[2001:db8::1]:4711";proto=https
std::string_view for_of(std::string_view element) {
  while (!element.empty()) {
    const std::string_view pair = take_last(element, ';');
    const std::size_t equals = pair.find('=');
    constexpr std::string_view kFor = "for";
    const std::string_view name = trim(pair.substr(0, equals));
    const bool is_for = std::equal(name.begin(), name.end(), kFor.begin(), kFor.end(),
                                   [](unsigned char a, char b) { return std::tolower(a) == b; });
    if (!is_for || equals == std::string_view::npos) continue;
    std::string_view value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

// An address without port and brackets.
std::string_view bare(std::string_view hop) {
  if (hop.starts_with('[')) return hop.substr(1, hop.find(']') - 1);
  return std::count(hop.begin(), hop.end(), ':') == 1 ? hop.substr(0, hop.find(':')) : hop;
}

}  // namespace

std::string client_address(std::string_view peer, const ForwardingHeaders& headers,
                           std::span<const AddressRange> trusted) {
  const auto is_trusted = [&](std::string_view text) {
    const auto address = parse_address(text);
    return address && std::any_of(trusted.begin(), trusted.end(),
                                  [&](const AddressRange& range) { return range.contains(*address); });
  };
  const bool is_standard = !headers.forwarded.empty();
  std::string_view rest = is_standard ? headers.forwarded : headers.x_forwarded_for;
  std::string_view client = peer;
  for (std::size_t hops = 0; hops < kHopsMax && !rest.empty() && is_trusted(client); ++hops) {
    const std::string_view element = take_last(rest, ',');
    const std::string_view hop = is_standard ? for_of(element) : element;
    if (!parse_address(hop)) break;
    client = bare(hop);
  }
  return std::string(client);
}

}  // namespace desirepath::collector
