// What a browser says it is, in four words: family, major version, system, kind of device; and whether it is
// a machine that reads pages by itself.
//
// A table of the words that user agents carry, not a database of devices: it knows the families that make up
// the field's traffic and calls all else by nothing rather than by a guess.
#pragma once

#include <string_view>

namespace desirepath::collector {

// Views are of fixed words; empty where it is not known.
struct UserAgent {
  std::string_view browser;  // e.g. "Chrome", "Safari", "Samsung Internet"
  int browser_major = 0;     // 0: not told
  std::string_view os;       // "Windows", "macOS", "iOS", "Android", "ChromeOS", "Linux", …
  std::string_view device;   // "desktop", "mobile", "tablet", "tv" or "console"
  bool bot = false;          // a crawler, previewer, monitor, test driver or HTTP library

  bool operator==(const UserAgent&) const = default;
};

// Reads at most kUserAgentBytesRead of a User-Agent header.
UserAgent classify_user_agent(std::string_view text);

// The same from client hints, as `context.userAgentData` carries them: a raw JSON object
// {"brands":[{"brand","version"}],"mobile":…,"platform":…} that a parser has accepted. What the hints leave
// open is taken from `text`.
UserAgent classify_client_hints(std::string_view hints, const UserAgent& text);

}  // namespace desirepath::collector
