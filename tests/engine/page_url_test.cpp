#include "sdk/engine/page_url.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sdk/engine/referrer.hpp"

using namespace desirepath;

namespace {

std::string decoded(std::string_view value, std::size_t room_bytes = 64) {
  std::vector<char> room(room_bytes);
  return std::string(decode_query_value(value, room));
}

}  // namespace

TEST_CASE("the parts of an address") {
  struct Case {
    std::string_view url, host, path, query;
  };
  for (const Case& c : {
           Case{"https://www.shop.example/shoes/red?utm_source=x&y=1#top", "www.shop.example", "/shoes/red",
                "utm_source=x&y=1"},
           Case{"https://shop.example", "shop.example", "/", ""},
           Case{"https://shop.example?a=b", "shop.example", "/", "a=b"},
           Case{"http://me:pw@shop.example:8080/a@b", "shop.example", "/a@b", ""},
           Case{"http://[2001:db8::1]:80/", "[2001:db8::1]", "/", ""},
           Case{"//shop.example/x", "shop.example", "/x", ""},
           Case{"/cart?next=https://x.example/", "", "/cart", "next=https://x.example/"},
           Case{"/a//b", "", "/a//b", ""},
           Case{"android-app://com.example.app/", "com.example.app", "/", ""},
           Case{"#a?b", "", "", ""},
           Case{"", "", "", ""},
           Case{"https://", "", "/", ""},
           Case{"://[", "[", "/", ""},
       }) {
    const PageUrl parts = parse_page_url(c.url);
    CHECK_MESSAGE(parts.host == c.host, c.url);
    CHECK_MESSAGE(parts.path == c.path, c.url);
    CHECK_MESSAGE(parts.query == c.query, c.url);
  }
}

TEST_CASE("the parameters of a query, as written") {
  std::string seen;
  QueryCursor query("a=1&&b&=c&d==e&f=%26&");
  while (query.next()) seen += std::string(query.name()) + ":" + std::string(query.value()) + " ";
  CHECK(seen == "a:1 : b: :c d:=e f:%26 ");
}

TEST_CASE("values are decoded; what is broken stays as it was written") {
  CHECK(decoded("spring+sale%21") == "spring sale!");
  CHECK(decoded("%C3%A9t%c3%a9") == "\xc3\xa9t\xc3\xa9");
  CHECK(decoded("100%") == "100%");
  CHECK(decoded("%4") == "%4");
  CHECK(decoded("%zz%41") == "%zzA");
  CHECK(decoded("caf%e9+noir") == "caf%e9+noir");
  CHECK(decoded("%ed%a0%80") == "%ed%a0%80");
  CHECK(decoded("%00").size() == 1);
  CHECK(decoded("") == "");
}

TEST_CASE("a long value is decoded as far as there is room, in whole characters") {
  CHECK(decoded("%C3%A9%C3%A9%C3%A9", 5) == "\xc3\xa9\xc3\xa9");
  CHECK(decoded("%C3%A9%C3%A9%C3%A9", 4) == "\xc3\xa9");
  CHECK(decoded("%C3%A9%C3%A9", 4) == "\xc3\xa9\xc3\xa9");
  CHECK(decoded("abcdef", 4) == "abc");
  CHECK(decoded("%80%80%80%80%80", 4) == "");
  CHECK(decoded(std::string(60'000, '%'), 32) == std::string(31, '%'));
}

TEST_CASE("where a visit comes from") {
  const std::string_view page = "https://www.shop.example.co.uk/";
  const auto from = [&](std::string_view referrer) { return std::string(referrer_class(referrer, page)); };
  CHECK(from("") == "direct");
  CHECK(from("about:blank") == "direct");
  CHECK(from("https://shop.example.co.uk/cart") == "internal");
  CHECK(from("https://SHOP.example.co.uk:8443/cart") == "internal");
  CHECK(from("https://blog.shop.example.co.uk/") == "internal");
  CHECK(from("https://example.co.uk/") == "internal");
  CHECK(from("https://othershop.example.co.uk/") == "referral");
  CHECK(from("https://myshop.example.co.uk.other.test/") == "referral");
  CHECK(from("https://www.google.com/") == "search");
  CHECK(from("https://www.google.co.uk/") == "search");
  CHECK(from("https://search.brave.com/search?q=x") == "search");
  CHECK(from("https://google.example.com/") == "referral");
  CHECK(from("https://mail.google.com/") == "mail");
  CHECK(from("https://outlook.live.com/") == "mail");
  CHECK(from("https://e.mail.ru/") == "mail");
  CHECK(from("https://t.co/abc") == "social");
  CHECK(from("https://l.facebook.com/") == "social");
  CHECK(from("https://x.com/") == "social");
  CHECK(from("https://xx.com/") == "referral");
  CHECK(from("https://com/") == "referral");
  CHECK(from("https://.../") == "referral");
  CHECK(from("https://127.0.0.1/") == "referral");
  CHECK(from("https://" + std::string(60'000, 'a') + ".google.de") == "search");
  CHECK(referrer_class("https://shop.example/", "") == "referral");
}
