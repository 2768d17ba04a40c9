#include "collector/ingest/user_agent.hpp"

#include <doctest/doctest.h>

using namespace desirepath::collector;

namespace {

struct Case {
  const char* text;
  UserAgent agent;
};

// As browsers, crawlers and libraries really send them.
constexpr Case kPeople[] = {
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
     "Safari/537.36",
     {"Chrome", 120, "Windows", "desktop"}},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
     "Safari/537.36 Edg/120.0.2210.91",
     {"Edge", 120, "Windows", "desktop"}},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 "
     "Safari/605.1.15",
     {"Safari", 17, "macOS", "desktop"}},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/17.2 "
     "Mobile/15E148 Safari/604.1",
     {"Safari", 17, "iOS", "mobile"}},
    {"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "CriOS/119.0.6045.169 "
     "Mobile/15E148 Safari/604.1",
     {"Chrome", 119, "iOS", "tablet"}},
    {"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
     {"Firefox", 121, "Linux", "desktop"}},
    {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile "
     "Safari/537.36",
     {"Chrome", 120, "Android", "mobile"}},
    {"Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 "
     "Safari/537.36",
     {"Chrome", 119, "Android", "tablet"}},
    {"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
     "SamsungBrowser/23.0 "
     "Chrome/115.0.0.0 Mobile Safari/537.36",
     {"Samsung Internet", 23, "Android", "mobile"}},
    {"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
     {"Internet Explorer", 11, "Windows", "desktop"}},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 "
     "Safari/537.36 OPR/105.0.0.0",
     {"Opera", 105, "Windows", "desktop"}},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
     "Safari/537.36",
     {"Chrome", 120, "ChromeOS", "desktop"}},
    {"Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV "
     "Safari/537.36",
     {"", 0, "Tizen", "tv"}},
    {"Mozilla/5.0 (PlayStation; PlayStation 5/8.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.0 "
     "Safari/605.1.15",
     {"Safari", 15, "PlayStation", "console"}},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Mobile/21B91 "
     "Instagram 311.0.3.20.116 (iPhone15,3; iOS 17_1; en_US)",
     {"Instagram", 311, "iOS", "mobile"}},
    {"Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 "
     "Mobile "
     "Safari/537.36",
     {"Chrome", 118, "Android", "mobile"}},
    {"okhttp/4.12.0", {}},
    {"", {}},
};

constexpr const char* kMachines[] = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.6099.109 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (Linux; Android 11; moto g power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/119.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)",
    "WhatsApp/2.23.20.0",
};

// As often an app, a server or a test of the site's own.
constexpr const char* kPrograms[] = {
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 "
     "Safari/537.36"),
    "curl/8.4.0",
    "python-requests/2.31.0",
    "Go-http-client/2.0",
    "node",
};

}  // namespace

TEST_CASE("user agent: what people use") {
  for (const Case& one : kPeople) {
    CAPTURE(one.text);
    const UserAgent agent = classify_user_agent(one.text);
    CHECK(agent.browser == one.agent.browser);
    CHECK(agent.browser_major == one.agent.browser_major);
    CHECK(agent.os == one.agent.os);
    CHECK(agent.device == one.agent.device);
    CHECK_FALSE(agent.bot);
  }
}

TEST_CASE("user agent: machines") {
  for (const char* text : kMachines) {
    CAPTURE(text);
    CHECK(classify_user_agent(text).bot);
  }
  for (const char* text : kPrograms) {
    CAPTURE(text);
    CHECK_FALSE(classify_user_agent(text).bot);
  }
}

TEST_CASE("user agent: client hints count before the text, which they reduce") {
  const UserAgent text = classify_user_agent(kPeople[0].text);
  const UserAgent edge = classify_client_hints(
      R"({"brands":[{"brand":"Not_A Brand","version":"8"},{"brand":"Chromium","version":"121"},)"
      R"({"brand":"Microsoft Edge","version":"121"}],"mobile":true,"platform":"Android"})",
      text);
  CHECK(edge == UserAgent{"Edge", 121, "Android", "mobile", false});
  CHECK(classify_client_hints(R"({"brands":[{"brand":"Googlebot","version":"2"}]})", text).bot);
  // Hints of a wrong shape change nothing.
  for (const char* hints :
       {"{}", "null", R"({"brands":7,"mobile":"x","platform":{}})", R"({"brands":[3,null]})"}) {
    CAPTURE(hints);
    CHECK(classify_client_hints(hints, text) == text);
  }
}
