#include "collector/ingest/user_agent.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "collector/ingest/limits.hpp"
#include "collector/ingest/raw_json.hpp"

namespace desirepath::collector {
namespace {

struct Word {
  std::string_view token;  // as it stands in a user agent
  std::string_view means;
};

// The first that is found counts: most browsers name those they descend from behind their own name.
constexpr Word kBrowsers[] = {
    {"Edg/", "Edge"},
    {"EdgA/", "Edge"},
    {"EdgiOS/", "Edge"},
    {"Edge/", "Edge"},
    {"OPR/", "Opera"},
    {"OPT/", "Opera"},
    {"OPiOS/", "Opera"},
    {"Opera Mini/", "Opera"},
    {"Opera/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"UCBrowser/", "UC Browser"},
    {"YaBrowser/", "Yandex"},
    {"Vivaldi/", "Vivaldi"},
    {"MiuiBrowser/", "Mi Browser"},
    {"HuaweiBrowser/", "Huawei Browser"},
    {"DuckDuckGo/", "DuckDuckGo"},
    {"Ddg/", "DuckDuckGo"},
    {"FBAV/", "Facebook"},
    {"Instagram ", "Instagram"},
    {"GSA/", "Google App"},
    {"FxiOS/", "Firefox"},
    {"Firefox/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"HeadlessChrome/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Chromium/", "Chrome"},
    {"MSIE ", "Internet Explorer"},
    {"Trident/", "Internet Explorer"},
    {"Version/", "Safari"},
};

constexpr Word kSystems[] = {
    {"Windows Phone", "Windows Phone"},
    {"Xbox", "Xbox"},
    {"PlayStation", "PlayStation"},
    {"Nintendo", "Nintendo"},
    {"Tizen", "Tizen"},
    {"Web0S", "webOS"},
    {"KAIOS", "KaiOS"},
    {"iPhone", "iOS"},
    {"iPad", "iOS"},
    {"iPod", "iOS"},
    {"AppleTV", "tvOS"},
    {"Android", "Android"},
    {"Windows", "Windows"},
    {"CrOS", "ChromeOS"},
    {"Mac OS X", "macOS"},
    {"Macintosh", "macOS"},
    {"Linux", "Linux"},
    {"X11", "Linux"},
};

constexpr Word kDevices[] = {
    {"Xbox", "console"},      {"PlayStation", "console"},
    {"Nintendo", "console"},  {"SmartTV", "tv"},
    {"SMART-TV", "tv"},       {"Smart TV", "tv"},
    {"AppleTV", "tv"},        {"GoogleTV", "tv"},
    {"Android TV", "tv"},     {"BRAVIA", "tv"},
    {"CrKey", "tv"},          {"HbbTV", "tv"},
    {"AFTB", "tv"},           {"AFTM", "tv"},
    {"AFTS", "tv"},           {"AFTT", "tv"},
    {"Web0S", "tv"},          {"iPad", "tablet"},
    {"Tablet", "tablet"},     {"Silk/", "tablet"},
    {"iPhone", "mobile"},     {"iPod", "mobile"},
    {"KAIOS", "mobile"},      {"Windows Phone", "mobile"},
    {"Mobile", "mobile"},     {"Opera Mini", "mobile"},
    {"Android", "tablet"},    {"Windows NT", "desktop"},
    {"Macintosh", "desktop"}, {"CrOS", "desktop"},
    {"X11", "desktop"},       {"Linux", "desktop"},
};

// In lower case. HTTP libraries and driven browsers are not among them: they are as often an app, a server or
// a test of the site's own.
constexpr std::string_view kBotWords[] = {
    "bot",          "crawl",         "spider",         "slurp",       "lighthouse",  "facebookexternalhit",
    "preview",      "mediapartners", "inspectiontool", "apis-google", "feedfetcher", "google-read-aloud",
    "chatgpt-user", "whatsapp/",     "telegram",       "embedly",     "ia_archiver", "archive.org",
    "httrack",      "scrapy",        "phantomjs",      "pingdom",     "statuscake",  "site24x7",
    "newrelic",     "synthetic",     "gtmetrix",       "ptst/",       "page speed",  "monitor",
    "uptime",       "validator",     "qwantify",
};
// Words above that are part of other words: phones named Cubot.
constexpr std::string_view kNotBots[] = {"cubot"};

struct Brand {
  std::string_view brand;
  std::string_view means;
};
constexpr Brand kBrands[] = {
    {"Microsoft Edge", "Edge"},   {"Opera", "Opera"},
    {"Opera GX", "Opera"},        {"Samsung Internet", "Samsung Internet"},
    {"YaBrowser", "Yandex"},      {"Yandex", "Yandex"},
    {"Vivaldi", "Vivaldi"},       {"Brave", "Brave"},
    {"DuckDuckGo", "DuckDuckGo"}, {"Google Chrome", "Chrome"},
    {"HeadlessChrome", "Chrome"}, {"Chromium", "Chrome"},
};
constexpr Word kPlatforms[] = {
    {"Windows", "Windows"}, {"macOS", "macOS"},        {"Mac OS X", "macOS"},    {"Android", "Android"},
    {"iOS", "iOS"},         {"Chrome OS", "ChromeOS"}, {"ChromeOS", "ChromeOS"}, {"Chromium OS", "ChromeOS"},
    {"Linux", "Linux"},
};

int leading_number(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

template <typename Table>
std::string_view first_word(const Table& table, std::string_view text) {
  for (const Word& word : table) {
    if (text.find(word.token) != std::string_view::npos) return word.means;
  }
  return {};
}

bool names_bot(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  for (const std::string_view phone : kNotBots) {
    for (std::size_t at = lower.find(phone); at != std::string::npos; at = lower.find(phone)) {
      lower.erase(at, phone.size());
    }
  }
  return std::any_of(std::begin(kBotWords), std::end(kBotWords),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

void find_browser(std::string_view text, UserAgent& agent) {
  for (const Word& word : kBrowsers) {
    const std::size_t at = text.find(word.token);
    if (at == std::string_view::npos) continue;
    // Every browser of the WebKit family has a Version/; one without "Safari" is none that is known here.
    if (word.token == "Version/" && text.find("Safari/") == std::string_view::npos) continue;
    agent.browser = word.means;
    agent.browser_major = leading_number(text.substr(at + word.token.size()));
    if (word.token == "Trident/") {
      const std::size_t revision = text.find("rv:");
      agent.browser_major =
          revision == std::string_view::npos ? 0 : leading_number(text.substr(revision + 3));
    }
    return;
  }
}

std::string text_of(const RawObject& object, std::string_view name) {
  const RawMember* member = object.find(name);
  return member != nullptr && is_string(member->value) ? unescape_json(member->value) : std::string();
}

void read_brands(std::string_view brands, UserAgent& agent) {
  const auto list = cut_array(brands);
  if (!list) return;
  std::size_t best = std::size(kBrands);
  for (const std::string_view item : *list) {
    const auto object = cut_object(item);
    if (!object) continue;
    const std::string name = text_of(*object, "brand");
    agent.bot = agent.bot || names_bot(name);
    for (std::size_t i = 0; i < best; ++i) {
      if (kBrands[i].brand != name) continue;
      best = i;
      agent.browser = kBrands[i].means;
      agent.browser_major = leading_number(text_of(*object, "version"));
    }
  }
}

}  // namespace

UserAgent classify_user_agent(std::string_view text) {
  text = text.substr(0, kUserAgentBytesRead);
  UserAgent agent;
  if (text.empty()) return agent;
  find_browser(text, agent);
  agent.os = first_word(kSystems, text);
  agent.device = first_word(kDevices, text);
  agent.bot = names_bot(text);
  return agent;
}

UserAgent classify_client_hints(std::string_view hints, const UserAgent& text) {
  UserAgent agent = text;
  const auto object = cut_object(hints);
  if (!object) return agent;
  if (const RawMember* brands = object->find("brands")) read_brands(brands->value, agent);
  const std::string platform = text_of(*object, "platform");
  for (const Word& word : kPlatforms) {
    if (word.token == platform) agent.os = word.means;
  }
  const RawMember* mobile = object->find("mobile");
  if (mobile == nullptr) return agent;
  if (mobile->value == "true") {
    agent.device = "mobile";
  } else if (mobile->value == "false" && agent.device.empty()) {
    agent.device = agent.os == "Android" ? "tablet" : "desktop";
  }
  return agent;
}

}  // namespace desirepath::collector
