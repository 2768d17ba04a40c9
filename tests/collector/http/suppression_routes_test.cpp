#include <fstream>
#include <iterator>

#include "collector/http/running_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using nlohmann::json;

namespace {

constexpr const char* kJourney = R"journey({
  "schema": "desirepath/journey/1", "journey": "care", "version": 1,
  "identifiers": { "email": { "trait": "email", "normalize": "lowercase", "unique": true } },
  "triggers": [
    { "id": "call", "event": "Call Started", "do": [ { "channel": "phone", "content": { "script": "offer" } },
                                                     { "channel": "web", "slot": "hero" } ] } ] })journey";

struct Desk {
  RawAnswer request(const std::string& method, const std::string& path, const std::string& key,
                    const std::string& body = "") const {
    return ask(collector.port, method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + collector.bearer(key) +
                                   "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  json operate(const std::string& method, const std::string& path, const std::string& body = "") const {
    const RawAnswer answer = request(method, path, collector.admin, body);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return json::parse(answer.body);
  }
  // What each of the call's channels is told.
  json decide(const std::string& who) const {
    const RawAnswer answer = request(
        "POST", "/v1/decide", collector.secret,
        "{" + who + R"(,"channels":["phone","web"],"event":{"type":"track","event":"Call Started"}})");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return json::parse(answer.body).at("decisions");
  }

  RunningCollector collector{{}, {}, kJourney};
};

}  // namespace

TEST_CASE("suppressions over HTTP: entered, asked for, taken away, and heeded by /v1/decide") {
  const Desk desk;
  const std::string ann = R"("identifier":"email:ann@example.com")";
  CHECK(desk.decide(ann).at(0).at("decisionId").is_string());
  CHECK(desk.operate("POST", "/v1/suppressions",
                     R"({"identifier":"email:Ann@example.com","channel":"phone","reason":"complained"})") ==
        json{{"suppressed", 1}});
  const json told = desk.decide(ann);
  CHECK(told.at(0).at("reason") == "suppressed");
  CHECK(told.at(0).at("decisionId").is_null());
  CHECK(told.at(1).at("decisionId").is_string());  // what a page shows is the page's

  const json one = desk.operate("GET", "/v1/suppressions/email:ANN@example.com").at("suppressions").at(0);
  CHECK(one.at("identifier") == "email:ann@example.com");
  CHECK(one.at("channel") == "phone");
  CHECK(one.at("reason") == "complained");
  CHECK(one.at("source").get<std::string>().starts_with("key:"));
  desk.operate("POST", "/v1/suppressions",
               R"({"suppressions":[{"identifier":"userId:u1"},{"identifier":"userId:u2"}]})");
  const json page = desk.operate("GET", "/v1/suppressions?limit=2");
  CHECK(page.at("suppressions").size() == 2);
  CHECK(desk.operate("GET", "/v1/suppressions?row=" + page.at("next").dump()).at("suppressions").size() == 1);

  CHECK(desk.operate("DELETE", "/v1/suppressions/email:ann@example.com?channel=sms").at("removed") == 0);
  CHECK(desk.operate("DELETE", "/v1/suppressions/email:ann@example.com").at("removed") == 1);
  CHECK(desk.operate("GET", "/v1/suppressions/email:ann@example.com").at("suppressions").empty());
}

TEST_CASE("suppressions over HTTP: a wrong one enters none of its request, and says what would be right") {
  const Desk desk;
  const RawAnswer wrong =
      desk.request("POST", "/v1/suppressions", desk.collector.admin,
                   R"({"suppressions":[{"identifier":"userId:u1"},{"identifier":"shoe:9"}]})");
  CHECK(wrong.status == 400);
  CHECK(wrong.body.find("suppressions[1]: 'shoe:9' is no TYPE:VALUE") != std::string::npos);
  for (const char* body : {"[]", "{}", R"({"identifier":7})", R"({"identifier":"userId:u","chanel":"sms"})",
                           R"({"identifier":"userId:u","channel":""})"}) {
    CAPTURE(body);
    CHECK(code_of(desk.request("POST", "/v1/suppressions", desk.collector.admin, body)) == "bad_request");
  }
  CHECK(desk.operate("GET", "/v1/suppressions").at("suppressions").empty());
}

TEST_CASE("suppressions over HTTP: what is done to the list is in the audit log, without the address") {
  const Desk desk;
  desk.operate("POST", "/v1/suppressions", R"({"identifier":"email:ann@example.com"})");
  desk.operate("DELETE", "/v1/suppressions/email:ann@example.com");
  std::ifstream in(desk.collector.data() / "audit.jsonl");
  const std::string log((std::istreambuf_iterator<char>(in)), {});
  CHECK(log.find("\"act\":\"POST /v1/suppressions\"") != std::string::npos);
  CHECK(log.find("\"act\":\"DELETE /v1/suppressions/\"") != std::string::npos);
  CHECK(log.find("ann@") == std::string::npos);
}
