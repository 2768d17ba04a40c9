#include "collector/http/running_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;

namespace {

std::string page(const std::string& id) {
  return R"({"type":"page","anonymousId":"a","messageId":")" + id + "\"}";
}

}  // namespace

TEST_CASE("http ingest: the key may come in every way it can") {
  RunningCollector collector;
  const std::string body = "{\"batch\":[" + page("m") + "]}";
  CHECK(post(collector.port, "/v1/batch?k=" + collector.write, body).status == 200);
  CHECK(post(collector.port, "/v1/batch", body, collector.bearer(collector.write)).status == 200);
  CHECK(post(collector.port, "/v1/batch", body, collector.bearer(collector.secret)).status == 200);
  const std::string with_key = "{\"writeKey\":\"" + collector.write + "\",\"batch\":[]}";
  CHECK(post(collector.port, "/v1/batch", with_key).status == 200);
  // printf 'KEY:' | base64, as every Segment library does it
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string basic;
  const std::string user = collector.write + ":";
  for (std::size_t i = 0; i < user.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      three = three << 8 | (i + j < user.size() ? static_cast<unsigned char>(user[i + j]) : 0);
    }
    for (int shift = 18; shift >= 0; shift -= 6) basic += kDigits[three >> shift & 63];
  }
  for (std::size_t i = user.size() % 3; i != 0 && i < 3; ++i) basic[basic.size() - 3 + i] = '=';
  CHECK(post(collector.port, "/v1/batch", body, "Authorization: Basic " + basic + "\r\n").status == 200);
}

TEST_CASE("http ingest: without a good key nothing is stored") {
  RunningCollector collector;
  const std::string body = "{\"batch\":[" + page("m") + "]}";
  CHECK(code_of(post(collector.port, "/v1/batch", body)) == "unauthorized");
  CHECK(post(collector.port, "/v1/batch?k=nobody", body).status == 401);
  CHECK(post(collector.port, "/v1/batch?k=nobody", "not json").status == 401);
  CHECK(post(collector.port, "/v1/batch?k=" + collector.viewer, body).status == 403);
  CHECK(post(collector.port, "/v1/batch?k=" + collector.admin, body).status == 403);
  const auto keys = collector.keys().list();
  REQUIRE(collector.keys().revoke(keys->front().id));
  CHECK(post(collector.port, "/v1/batch?k=" + collector.write, body).status == 401);
  CHECK(collector.journal().head() == Cursor{});
}

TEST_CASE("http ingest: the answer counts, and its cursor leads to the profile") {
  RunningCollector collector;
  const auto answer =
      collector.send("{\"batch\":[" + page("m1") + "," + page("m1") + ",{}," + page("m2") + "]}");
  CHECK(answer.at("success") == true);
  CHECK(answer.at("accepted") == 2);
  CHECK(answer.at("duplicates") == 1);
  CHECK(answer.at("rejected").size() == 1);
  CHECK(answer.at("rejected")[0].at("index") == 2);
  CHECK(answer.at("rejected")[0].at("code") == "bad_type");
  const std::string cursor = answer.at("cursor");
  const auto events = get(collector.port, "/v1/profiles/anonymousId:a/events?after=" + cursor + "&wait=10000",
                          collector.bearer(collector.secret));
  REQUIRE_MESSAGE(events.status == 200, events.body);
  CHECK(nlohmann::json::parse(events.body).at("total") == 2);
}

TEST_CASE("http ingest: single calls take their type from the path, and trust from the key") {
  RunningCollector collector;
  for (const char* type : {"track", "page", "screen", "identify", "group", "alias"}) {
    const auto answer = post(collector.port, std::string("/v1/") + type,
                             R"({"event":"E","userId":"u","groupId":"g","previousId":"p"})",
                             collector.bearer(collector.secret));
    CAPTURE(type);
    REQUIRE(answer.status == 200);
    CHECK(nlohmann::json::parse(answer.body).at("accepted") == 1);
  }
  const auto batches = collector.journal().read_after(Cursor{}, 100);
  REQUIRE(batches);
  CHECK(batches->size() == 6);
  for (const auto& batch : *batches) CHECK(batch.batch.trust == Trust::proved);
  CHECK(batches->front().batch.source == "server");
}

TEST_CASE("http ingest: text/plain, form bodies and no type at all are JSON too; not JSON says where") {
  RunningCollector collector;
  const std::string body = "{\"batch\":[" + page("m") + "]}";
  for (const char* type : {"Content-Type: text/plain;charset=UTF-8\r\n", "Content-Type: application/json\r\n",
                           "", "Content-Type: application/x-www-form-urlencoded\r\n"}) {
    CAPTURE(type);
    CHECK(post(collector.port, "/v1/batch?k=" + collector.write, body, type).status == 200);
  }
  const auto bad = post(collector.port, "/v1/batch?k=" + collector.write, "{\"batch\":[{},]");
  CHECK(bad.status == 400);
  CHECK(code_of(bad) == "not_json");
  CHECK(bad.body.find("line 1, column 14") != std::string::npos);
}

TEST_CASE("http ingest: pages of any origin may send, with and without a preflight") {
  RunningCollector collector;
  const auto preflight = ask(collector.port,
                             "OPTIONS /v1/batch HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\n"
                             "Access-Control-Request-Method: POST\r\n\r\n");
  CHECK(preflight.status == 204);
  CHECK(preflight.header("Access-Control-Allow-Origin") == "*");
  CHECK(preflight.header("Access-Control-Allow-Methods").find("POST") != std::string::npos);
  CHECK(preflight.header("Access-Control-Allow-Headers").find("Content-Type") != std::string::npos);
  const auto refused = post(collector.port, "/v1/batch", "{}", "Origin: https://shop.example\r\n");
  CHECK(refused.header("Access-Control-Allow-Origin") == "*");
  CHECK(get(collector.port, "/v1/profiles/userId:u", collector.bearer(collector.secret))
            .header("Access-Control-Allow-Origin")
            .empty());
}

TEST_CASE("http ingest: a header's percent signs are its own") {
  RunningCollector collector;
  std::string encoded = "Authorization: Bearer ";
  for (const char c : collector.write) encoded += c == '_' ? std::string("%5F") : std::string(1, c);
  CHECK(post(collector.port, "/v1/batch", R"({"batch":[]})", encoded + "\r\n").status == 401);
  CHECK(post(collector.port, "/v1/batch", R"({"batch":[]})", collector.bearer(collector.write)).status ==
        200);
}

TEST_CASE("http ingest: the pixel stores its event") {
  RunningCollector collector;
  // {"type":"page","anonymousId":"px"}
  const auto answer = get(collector.port, "/v1/pixel.gif?k=" + collector.write +
                                              "&data=eyJ0eXBlIjoicGFnZSIsImFub255bW91c0lkIjoicHgifQ%3D%3D");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "image/gif");
  CHECK(answer.body.starts_with("GIF89a"));
  CHECK(collector.journal().head() == Cursor{1});
  CHECK(get(collector.port, "/v1/pixel.gif?k=" + collector.write + "&data=%%%").status == 400);
  // {"type":"page","anonymousId":"px"},{"type":"page","anonymousId":"px"} is two events, which is none.
  CHECK(get(collector.port, "/v1/pixel.gif?k=" + collector.write +
                                "&data=eyJ0eXBlIjoicGFnZSIsImFub255bW91c0lkIjoicHgifSx7InR5cGUiOiJwYWdlIiwi"
                                "YW5vbnltb3VzSWQiOiJweCJ9")
            .status == 400);
  CHECK(collector.journal().head() == Cursor{1});
  CHECK(get(collector.port, "/v1/pixel.gif?data=e30").status == 401);
}

TEST_CASE("http ingest: when the journal cannot be written the answer is 503 with Retry-After") {
  RunningCollector collector;
  // A file where the journal's directory was: nothing can be begun in it.
  std::filesystem::rename(collector.data() / "journal", collector.data() / "aside");
  const auto refused =
      post(collector.port, "/v1/batch?k=" + collector.write, "{\"batch\":[" + page("m") + "]}");
  CHECK(refused.status == 503);
  CHECK(code_of(refused) == "not_durable");
  CHECK(refused.header("Retry-After") == "1");
  std::filesystem::rename(collector.data() / "aside", collector.data() / "journal");
}

TEST_CASE("beyond the backlog's limit senders are told to come back later, until the fold has caught up") {
  IngestOptions options;
  options.backlog_bytes_max = 1;
  RunningCollector collector({}, options);
  const std::string body =
      R"({"batch":[{"type":"track","event":"Product Viewed","anonymousId":"a","messageId":"m1"}]})";
  collector.fold().stop();
  REQUIRE(post(collector.port, "/v1/batch?k=" + collector.write, body).status == 200);
  const RawAnswer refused = post(collector.port, "/v1/batch?k=" + collector.write, body);
  CHECK(refused.status == 429);
  CHECK(code_of(refused) == "rate_limited");
  CHECK_FALSE(refused.header("Retry-After").empty());
  REQUIRE(collector.fold().start());
  REQUIRE(collector.fold().wait_for(collector.journal().head(), std::chrono::seconds(20)));
  CHECK(post(collector.port, "/v1/batch?k=" + collector.write, body).status == 200);
}
