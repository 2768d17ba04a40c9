#include "sdk/engine/referrer.hpp"

#include <cstddef>

#include "sdk/engine/page_url.hpp"
#include "sdk/engine/word_list.hpp"

namespace desirepath {

namespace {

// Names before the suffix. Mail may be named anywhere in a host: mail.example.com.
constexpr std::string_view kMail = "mail webmail gmail outlook hotmail protonmail gmx fastmail";
constexpr std::string_view kSearch =
    "google bing yahoo duckduckgo baidu yandex ecosia qwant startpage naver seznam sogou brave ask daum";
constexpr std::string_view kSocial =
    "facebook fb instagram threads twitter t x linkedin lnkd pinterest pin reddit tiktok youtube youtu "
    "snapchat "
    "whatsapp telegram vk weibo bsky tumblr quora xing discord";
// Before a country's two letters these belong to the suffix: example.co.uk.
constexpr std::string_view kSecondLevels = "co com net org gov edu ac ne or";

constexpr std::size_t kNameBytesMax = 16;

// Whether the name, in any case, is one of the words.
bool is_one_of(std::string_view words, std::string_view name) noexcept {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  char lower[kNameBytesMax];
  std::size_t size = 0;
  for (const char c : name) lower[size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return has_word(words, {lower, size});
}

// Takes the last name off a host.
std::string_view take_name(std::string_view& host) noexcept {
  const std::size_t dot = host.rfind('.');
  const std::size_t begin = dot == std::string_view::npos ? 0 : dot + 1;
  const std::string_view name(host.data() + begin, host.size() - begin);
  host = {host.data(), dot == std::string_view::npos ? 0 : dot};
  return name;
}

// The name a site goes under: `example` of www.example.com and of shop.example.co.uk.
std::string_view site_name(std::string_view host) noexcept {
  const std::string_view suffix = take_name(host);
  const std::string_view name = take_name(host);
  const bool is_suffix = suffix.size() == 2 && !host.empty() && is_one_of(kSecondLevels, name);
  return is_suffix ? take_name(host) : name;
}

bool names_mail(std::string_view host) noexcept {
  take_name(host);
  while (!host.empty()) {
    if (is_one_of(kMail, take_name(host))) return true;
  }
  return false;
}

bool equal_in_any_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; };
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string_view without_www(std::string_view host) noexcept {
  const bool has_www = host.size() > 4 && equal_in_any_case({host.data(), 4}, "www.");
  return has_www ? std::string_view(host.data() + 4, host.size() - 4) : host;
}

// Whether `host` is `site` or lies in it.
bool lies_in(std::string_view host, std::string_view site) noexcept {
  if (site.empty() || host.size() < site.size()) return false;
  const std::size_t at = host.size() - site.size();
  return (at == 0 || host[at - 1] == '.') && equal_in_any_case({host.data() + at, site.size()}, site);
}

}  // namespace

std::string_view referrer_class(std::string_view referrer, std::string_view page_url) noexcept {
  const std::string_view host = without_www(parse_page_url(referrer).host);
  if (host.empty()) return "direct";
  const std::string_view own = without_www(parse_page_url(page_url).host);
  if (lies_in(host, own) || lies_in(own, host)) return "internal";
  if (names_mail(host)) return "mail";
  const std::string_view name = site_name(host);
  if (is_one_of(kSearch, name)) return "search";
  return is_one_of(kSocial, name) ? "social" : "referral";
}

}  // namespace desirepath
