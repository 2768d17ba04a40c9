#include <regex>
#include <set>
#include <sstream>

#include "collector/http/running_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;

TEST_CASE("ops routes: metrics are Prometheus text, each value with its help and type") {
  RunningCollector collector;
  collector.send(R"({"batch":[{"type":"track","event":"Product Viewed","userId":"someone@example.com"}]})");
  (void)get(collector.port, "/v1/profiles/userId:someone@example.com?k=" + collector.secret);
  (void)get(collector.port, "/v1/profiles/userId:u");
  const RawAnswer answer = get(collector.ops_port, "/metrics");
  CHECK(answer.header("Content-Type") == "text/plain; version=0.0.4");
  const std::regex value(
      R"(^(desirepath_[a-z_]+?)(_bucket|_sum|_count)?(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$)");
  std::set<std::string> typed;
  std::set<std::string> seen;
  std::istringstream in(answer.body);
  for (std::string line; std::getline(in, line);) {
    CAPTURE(line);
    if (line.starts_with("# TYPE ")) typed.insert(line.substr(7, line.find(' ', 7) - 7));
    if (line.starts_with('#')) continue;
    std::smatch match;
    REQUIRE(std::regex_match(line, match, value));
    CHECK((typed.contains(match[1]) || typed.contains(match[1].str() + match[2].str())));
    CHECK(seen.insert(line.substr(0, line.rfind(' '))).second);
  }
  for (const char* name :
       {"desirepath_events_accepted_total 1", "desirepath_refusals_total{code=\"unauthorized\"} 1",
        "desirepath_http_requests_total{route=\"POST /v1/batch\",status=\"2xx\"} 1",
        "desirepath_disk_free_bytes ", "desirepath_memory_resident_bytes ",
        "desirepath_fold_behind_seconds 0", "desirepath_build_info{version="}) {
    CAPTURE(name);
    CHECK(answer.body.find(name) != std::string::npos);
  }
  CHECK(answer.body.find("someone") == std::string::npos);
}

TEST_CASE("ops routes: what else there is") {
  RunningCollector collector;
  CHECK(get(collector.ops_port, "/health").status == 200);
  CHECK(get(collector.ops_port, "/ready").status == 200);
  CHECK(get(collector.ops_port, "/v1/batch").status == 404);
  CHECK(post(collector.ops_port, "/health", "{}").status == 405);
}
