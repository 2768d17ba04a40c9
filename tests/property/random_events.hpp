// One person's events, made to fall on the edges: few names and values, ties in time, times a window's width
// (and a millisecond more or less) after an earlier event.
#pragma once

#include <string>

#include "tests/property/random_case.hpp"

namespace desirepath::tests {

// The most events of a case: windows that keep so many are exact.
inline constexpr int kEventsMax = 30;

// Sorted by (timestamp, messageId), messageIds unique.
std::vector<Json> random_events(Random& random, const Json& journey);

// The texts and times both generators draw from.
namespace vocabulary {

inline const std::vector<std::string> kEventNames{"View", "Cart", "Order", "Ping"};
inline const std::vector<std::string> kColours{"red", "Blue", "blue", "5", "true", "", "1.2.3", "1.10-rc"};
inline const std::vector<std::string> kWindows{"10m", "30m", "1h", "1d"};
inline const std::vector<std::string> kPlans{"gold", "free"};
inline const std::vector<std::string> kCategories{"marketing", "ads"};
inline const std::vector<std::string> kChannels{"web", "email", "push"};
inline const std::vector<std::string> kSlots{"hero", "side"};
inline const std::vector<std::string> kFields{"plan", "size"};
inline const std::vector<std::string> kPages{
    "https://shop.example/", "https://shop.example/shoes?utm_source=news&utm_campaign=spring+sale",
    "https://shop.example/a?gclid=1&utm_medium=cpc#top", "https://shop.example"};
inline const std::vector<std::string> kReferrers{"https://www.google.com/", "https://t.co/abc",
                                                 "https://mail.example.org/in", "https://shop.example/a",
                                                 "https://blog.example.net/"};

}  // namespace vocabulary

}  // namespace desirepath::tests
