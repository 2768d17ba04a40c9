#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "collector/support/files_with.hpp"
#include "tests/collector/http/raw_http.hpp"
#include "tests/collector/http/running_collector.hpp"

using namespace desirepath::collector::tests;

namespace {

RawAnswer erase(const RunningCollector& collector, const std::string& who, const std::string& key) {
  return ask(collector.port,
             "DELETE /v1/profiles/" + who + " HTTP/1.1\r\nHost: x\r\n" + collector.bearer(key) + "\r\n");
}

}  // namespace

TEST_CASE("DELETE of a profile takes an admin key, and leaves the person in no file") {
  RunningCollector collector;
  const std::string event =
      R"({"batch":[{"type":"track","event":"Product Viewed","messageId":"m1","userId":"ann-1815","timestamp":"2026-01-01T00:00:00Z"}]})";
  collector.send(event);
  CHECK_FALSE(files_with(collector.data(), "ann-1815").empty());
  for (const std::string& key : {collector.write, collector.secret, collector.viewer}) {
    CHECK(erase(collector, "userId:ann-1815", key).status == 403);
  }
  const RawAnswer done = erase(collector, "userId:ann-1815", collector.admin);
  REQUIRE_MESSAGE(done.status == 200, done.body);
  CHECK(done.body == R"({"erased":true,"events":1,"identifiers":1,"finished":true})");
  CHECK(files_with(collector.data(), "ann-1815").empty());
  CHECK(get(collector.port, "/v1/profiles/userId:ann-1815", collector.bearer(collector.secret)).status ==
        404);
  const auto again = collector.send(event);
  CHECK(again.at("accepted") == 0);
  CHECK(again.at("rejected").at(0).at("code") == "erased");
  CHECK(files_with(collector.data(), "ann-1815").empty());
  CHECK(code_of(erase(collector, "nonsense", collector.admin)) == "bad_request");
  CHECK(code_of(erase(collector, "shoe:9", collector.admin)) == "bad_request");
}
