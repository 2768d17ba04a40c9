// Who may pass: keys, rates, origins, addresses.

#include <set>
#include <string_view>

#include "collector/http/client_address.hpp"
#include "collector/http/rate_limiter.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/running_collector.hpp"
#include "collector/ops/allowed_origin.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using std::chrono::milliseconds;

namespace {

std::vector<AddressRange> ranges(std::initializer_list<const char*> texts) {
  std::vector<AddressRange> all;
  for (const char* text : texts) all.push_back(AddressRange::parse(text).value());
  return all;
}

NetworkAddress address(const char* text) {
  return parse_address(text).value();
}

std::string request_to(const RouteRights& route, const std::string& key) {
  // A path that ends with '/' is the beginning of those it names.
  std::string path(route.path);
  if (path.ends_with('/')) path += "x";
  std::string request = std::string(route.method) + " " + path + " HTTP/1.1\r\nHost: x\r\n";
  if (!key.empty()) request += "Authorization: Bearer " + key + "\r\n";
  if (route.method == "POST") request += "Content-Length: 2\r\n";
  return request + "Connection: close\r\n\r\n" + (route.method == "POST" ? "{}" : "");
}

}  // namespace

TEST_CASE("access: every route, every kind of key") {
  RunningCollector collector;
  const std::pair<KeyKind, std::string> keys[] = {{KeyKind::write, collector.write},
                                                  {KeyKind::secret, collector.secret},
                                                  {KeyKind::admin, collector.admin},
                                                  {KeyKind::viewer, collector.viewer}};
  std::size_t guarded = 0;
  for (const RouteRights& route : route_rights()) {
    CAPTURE(route.method);
    CAPTURE(route.path);
    if (route.kinds.empty()) {
      // Anybody's: only what is no data, the program, the package, what public clients start from, and the
      // console.
      const std::set<std::string_view> open{
          "/", "/sdk/", "/v1/journeys/", "/v1/programs/", "/v1/projects/", "/sourceConfig", "/sourceConfig/"};
      CHECK(open.contains(route.path));
      continue;
    }
    ++guarded;
    // Where a write key may do something, it is appending, which is nothing for those who read or operate.
    if (route.kinds.has(KeyKind::write)) {
      CHECK(route.kinds.has(KeyKind::secret));
      CHECK_FALSE(route.kinds.has(KeyKind::viewer));
      CHECK_FALSE(route.kinds.has(KeyKind::admin));
    }
    const int nobody = ask(collector.port, request_to(route, "")).status;
    CHECK((nobody == 401 || nobody == 400));
    CHECK(ask(collector.port, request_to(route, "dpw_unknown")).status == 401);
    for (const auto& [kind, key] : keys) {
      const std::string shown = to_string(kind);
      CAPTURE(shown);
      RawConnection connection(collector.port);
      connection.send(request_to(route, key));
      REQUIRE(connection.read_until("\r\n\r\n"));
      const int status = std::stoi(connection.so_far().substr(9, 3));
      CHECK((status == 403) == !route.kinds.has(kind));
      CHECK(status != 401);
    }
  }
  CHECK(guarded >= 10);
}

TEST_CASE("access: a write key is for the pages it names") {
  RunningCollector collector;
  const std::string key =
      collector.keys()
          .create(KeyKind::write, "shop", 0, {"https://shop.example", "https://*.shop.example"})
          .value();
  const auto from = [&](const std::string& origin) {
    return post(collector.port, "/v1/batch", R"({"writeKey":")" + key + R"(","batch":[]})",
                origin.empty() ? "" : "Origin: " + origin + "\r\n");
  };
  CHECK(from("https://shop.example").status == 200);
  CHECK(from("https://eu.shop.example").status == 200);
  CHECK(from("").status == 200);
  for (const char* other :
       {"https://evil.example", "https://shop.example.evil.example", "http://shop.example",
        "https://xshop.example", "https://.shop.example", "null"}) {
    CAPTURE(other);
    const auto answer = from(other);
    CHECK(answer.status == 403);
    CHECK(answer.header("Access-Control-Allow-Origin") == "*");  // so that the page's author can read why
    CHECK(answer.header("Access-Control-Allow-Credentials").empty());
  }
}

TEST_CASE("access: origins as operators write them") {
  CHECK(normalize_origin("HTTPS://Shop.Example:443/").value() == "https://shop.example");
  CHECK(normalize_origin("http://127.0.0.1:3000").value() == "http://127.0.0.1:3000");
  for (const char* bad :
       {"", "shop.example", "https://", "https://a/b", "ftp://a", "https://a b", "https://*", "*"}) {
    CAPTURE(bad);
    CHECK_FALSE(normalize_origin(bad).has_value());
  }
}

TEST_CASE("access: a key beyond its rate gets 429 and Retry-After, another key does not") {
  ServerOptions options;
  options.rates.per_key = 2;
  RunningCollector collector(options);
  int refused = 0;
  for (int i = 0; i < 10; ++i) {
    const auto answer = post(collector.port, "/v1/batch?k=" + collector.write, R"({"batch":[]})");
    if (answer.status == 200) continue;
    ++refused;
    CHECK(answer.status == 429);
    CHECK(code_of(answer) == "rate_limited");
    CHECK_FALSE(answer.header("Retry-After").empty());
  }
  CHECK(refused >= 1);
  CHECK(post(collector.port, "/v1/batch?k=" + collector.secret, R"({"batch":[]})").status == 200);
  const std::string metrics = get(collector.ops_port, "/metrics").body;
  CHECK(metrics.find("rate_limited") != std::string::npos);
}

TEST_CASE("access: buckets fill at their rate, hold two seconds, and know each sender") {
  RateLimiter rates({10, 100});
  RateLimiter::Clock::time_point now(std::chrono::hours(1));
  const auto taken = [&](auto take) {
    int count = 0;
    while (count < 1'000 && take()) ++count;
    return count;
  };
  CHECK(taken([&] { return rates.take_for_key(1, now); }) == 20);
  CHECK(taken([&] { return rates.take_for_key(2, now); }) == 20);
  now += milliseconds(500);
  CHECK(taken([&] { return rates.take_for_key(1, now); }) == 5);
  now += std::chrono::hours(24);
  CHECK(taken([&] { return rates.take_for_key(1, now); }) == 20);
  CHECK(taken([&] { return rates.take_for_address(address("192.0.2.1"), now); }) == 200);
  CHECK(rates.take_for_address(address("192.0.2.2"), now));
  // One household of IPv6 is one sender; loopback is nobody's limit.
  CHECK(taken([&] { return rates.take_for_address(address("2001:db8:1:1::1"), now); }) == 200);
  CHECK_FALSE(rates.take_for_address(address("2001:db8:1:1:ffff::2"), now));
  CHECK(rates.take_for_address(address("2001:db8:1:2::1"), now));
  CHECK(taken([&] { return rates.take_for_address(address("127.0.0.1"), now); }) == 1'000);
  CHECK(taken([&] { return RateLimiter({0, 0}).take_for_key(1, now); }) == 1'000);
}

TEST_CASE("access: a flood of senders takes no more memory and lets the quiet pass") {
  RateLimiter rates({0, 1});
  const RateLimiter::Clock::time_point now(std::chrono::hours(1));
  int passed = 0;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    NetworkAddress each = address("10.0.0.0");
    for (int byte = 0; byte < 3; ++byte) each.bytes[15 - byte] = static_cast<std::uint8_t>(i >> (8 * byte));
    passed += rates.take_for_address(each, now) ? 1 : 0;
  }
  CHECK(passed == 200'000);
}

TEST_CASE("access: the client behind proxies") {
  const auto trusted = ranges({"10.0.0.0/8", "::1", "2001:db8::/32", "192.0.2.7"});
  const auto client = [&](const char* peer, const char* x_forwarded_for, const char* forwarded = "") {
    return client_address(peer, {forwarded, x_forwarded_for}, trusted);
  };
  CHECK(client("198.51.100.1", "1.1.1.1") == "198.51.100.1");  // a stranger's word does not count
  CHECK(client("10.0.0.1", "203.0.113.9") == "203.0.113.9");
  CHECK(client("10.0.0.1", "6.6.6.6, 203.0.113.9") == "203.0.113.9");  // left of a stranger anybody writes
  CHECK(client("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.1.1,192.0.2.7") == "203.0.113.9");
  CHECK(client("10.0.0.1", "10.2.2.2") == "10.2.2.2");
  CHECK(client("10.0.0.1", "") == "10.0.0.1");
  CHECK(client("10.0.0.1", "6.6.6.6, unknown") == "10.0.0.1");
  CHECK(client("10.0.0.1", "6.6.6.6, 203.0.113.9:8443") == "203.0.113.9");
  CHECK(client("::1", "[2001:db9::5]:99") == "2001:db9::5");
  CHECK(client("2001:db8::1", "2001:db9::5") == "2001:db9::5");
  CHECK(client("10.0.0.1", "6.6.6.6", "for=203.0.113.9;proto=https, FOR=\"[2001:db8::2]:1\"") ==
        "203.0.113.9");
  CHECK(client("10.0.0.1", "6.6.6.6", "for=_hidden") == "10.0.0.1");
  std::string many = "6.6.6.6";
  for (int i = 0; i < 10'000; ++i) many += ",10.0.0.1";
  CHECK(client("10.0.0.1", many.c_str()) == "10.0.0.1");
}

TEST_CASE("access: ranges of addresses") {
  CHECK(AddressRange::parse("10.0.0.0/8")->contains(address("10.255.0.1")));
  CHECK_FALSE(AddressRange::parse("10.0.0.0/8")->contains(address("11.0.0.1")));
  CHECK_FALSE(AddressRange::parse("10.0.0.0/8")->contains(address("a00::1")));
  CHECK(AddressRange::parse("192.0.2.128/25")->contains(address("192.0.2.129")));
  CHECK_FALSE(AddressRange::parse("192.0.2.128/25")->contains(address("192.0.2.127")));
  CHECK(AddressRange::parse("0.0.0.0/0")->contains(address("8.8.8.8")));
  CHECK_FALSE(AddressRange::parse("0.0.0.0/0")->contains(address("2001:db8::1")));
  for (const char* bad :
       {"", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "10.0.0/8", "1.2.3.4/8x"}) {
    CAPTURE(bad);
    CHECK_FALSE(AddressRange::parse(bad).has_value());
  }
}
