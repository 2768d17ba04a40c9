#include "collector/ingest/address_policy.hpp"

#include <doctest/doctest.h>

using namespace desirepath::collector;

TEST_CASE("client address: what each policy keeps") {
  struct Case {
    const char* address;
    const char* anonymous;
    const char* full;
  };
  constexpr Case kCases[] = {
      {"203.0.113.77", "203.0.113.0", "203.0.113.77"},
      {"::ffff:203.0.113.77", "203.0.113.0", "203.0.113.77"},
      {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "2001:db8:aaaa::", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"},
      {"::1", "::", "::1"},
  };
  for (const Case& one : kCases) {
    CAPTURE(one.address);
    CHECK(kept_address(one.address, AddressPolicy::anonymous) == std::optional<std::string>(one.anonymous));
    CHECK(kept_address(one.address, AddressPolicy::full) == std::optional<std::string>(one.full));
    CHECK(kept_address(one.address, AddressPolicy::none) == std::nullopt);
  }
}

TEST_CASE("client address: what is none is never kept") {
  for (const char* text : {"", "example.com", "203.0.113", "203.0.113.77:80", "[::1]", "1.2.3.4 ", "::g",
                           "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff:2001:db8:aaaa:bbbb:cccc"}) {
    CAPTURE(text);
    CHECK(kept_address(text, AddressPolicy::full) == std::nullopt);
  }
}
