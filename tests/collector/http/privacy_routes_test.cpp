// What must not be stored is refused with its verdict, and is in no file.
#include <chrono>
#include <iterator>

#include "collector/http/running_collector.hpp"
#include "collector/support/files_with.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using nlohmann::json;

namespace {

std::vector<std::string> codes_of(const json& answer) {
  std::vector<std::string> codes;
  for (const json& rejected : answer.at("rejected")) codes.push_back(rejected.at("code"));
  return codes;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an event older than the retention time is answered expired and is not kept") {
  IngestOptions options;
  options.retention = std::chrono::hours(24 * 400);
  const RunningCollector collector({}, options);
  const json answer = collector.send(R"({"batch":[
    {"type":"track","event":"Old","userId":"ann-1815","timestamp":"2024-01-01T00:00:00Z"},
    {"type":"track","event":"Epoch","userId":"ann-1815","timestamp":0},
    {"type":"track","event":"New","userId":"bob","timestamp":"2026-09-01T00:00:00Z"},
    {"type":"track","event":"Future","userId":"bob","timestamp":"2099-01-01T00:00:00Z"}]})");
  CHECK(codes_of(answer) == Texts{"expired", "expired"});
  CHECK(answer.at("accepted") == 2);
  CHECK(answer.at("rejected").at(0).at("field") == "timestamp");
  CHECK(files_with(collector.data(), "ann-1815").empty());
}

TEST_CASE("events that deny the consent asked for are refused; the choice and who says nothing come in") {
  IngestOptions options;
  options.consent_required = "analytics";
  const RunningCollector collector({}, options);
  const json answer = collector.send(R"({"batch":[
    {"type":"page","anonymousId":"no-thanks","context":{"consent":{"categoryPreferences":{"analytics":false}}}},
    {"type":"page","anonymousId":"no-rudder","context":{"consentManagement":{"deniedConsentIds":["analytics"]}}},
    {"type":"page","anonymousId":"yes","context":{"consent":{"categoryPreferences":{"analytics":true}}}},
    {"type":"page","anonymousId":"other-no","context":{"consent":{"categoryPreferences":{"ads":false}}}},
    {"type":"page","anonymousId":"silent"},
    {"type":"track","event":"Segment Consent Preference Updated","anonymousId":"chooses",
     "context":{"consent":{"categoryPreferences":{"analytics":false}}}}]})");
  CHECK(codes_of(answer) == Texts{"consent", "consent"});
  CHECK(answer.at("accepted") == 4);
  for (const char* denied : {"no-thanks", "no-rudder"}) CHECK(files_with(collector.data(), denied).empty());
  const RunningCollector open;
  CHECK(open.send(R"({"batch":[{"type":"page","anonymousId":"a",
    "context":{"consent":{"categoryPreferences":{"analytics":false}}}}]})")
            .at("accepted") == 1);
}

TEST_CASE("subject access over HTTP: one document, for keys that may read everything") {
  RunningCollector collector;
  const json sent = collector.send(R"({"batch":[{"type":"page","userId":"ann","messageId":"m1"}]})");
  const std::string cursor = sent.at("cursor");
  const auto path = [](const std::string& query) { return "/v1/export/profiles?" + query; };
  REQUIRE(get(collector.port, "/v1/profiles/userId:ann?wait=10000&after=" + cursor,
              collector.bearer(collector.secret))
              .status == 200);
  RawConnection reader(collector.port);
  reader.send("GET " + path("id=userId:ann") + " HTTP/1.1\r\nHost: x\r\n" +
              collector.bearer(collector.admin) + "\r\n");
  REQUIRE(reader.read_until("\r\n0\r\n"));  // the last chunk
  CHECK(reader.so_far().starts_with("HTTP/1.1 200"));
  CHECK(reader.so_far().find("\"messageId\":\"m1\"") != std::string::npos);
  for (const std::string& key : {collector.write, collector.viewer}) {
    CHECK(get(collector.port, path("id=userId:ann"), collector.bearer(key)).status == 403);
  }
  const auto refused = [&](const std::string& query) {
    return code_of(get(collector.port, path(query), collector.bearer(collector.admin)));
  };
  CHECK(refused("id=userId:nobody") == "not_found");
  CHECK(refused("id=nobody") == "bad_request");
  CHECK(refused("id=userId:ann&format=csv") == "bad_request");
  CHECK(code_of(get(collector.port, "/v1/export/events?id=userId:ann", collector.bearer(collector.admin))) ==
        "bad_request");
}
