// GET /v1/export over a real connection.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "collector/export/limits.hpp"
#include "collector/http/running_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;

namespace {

std::string begin_of(const std::string& target, const std::string& headers) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

// An answer whose body comes in chunks, up to the last one; others as they are.
RawAnswer get_chunked(int port, const std::string& target, const std::string& headers) {
  RawConnection connection(port);
  connection.send(begin_of(target, headers));
  REQUIRE(connection.read_until("\r\n\r\n"));
  RawAnswer answer;
  const std::size_t head = connection.so_far().find("\r\n\r\n") + 4;
  answer.head = connection.so_far().substr(0, head);
  if (answer.header("Transfer-Encoding") != "chunked") return connection.answer();
  answer.status = std::stoi(answer.head.substr(sizeof "HTTP/1.1"));
  REQUIRE(connection.read_until("\r\n0\r\n\r\n"));
  std::string_view body = std::string_view(connection.so_far()).substr(head - 2);
  while (true) {
    body.remove_prefix(2);
    const std::size_t end = body.find("\r\n");
    const std::size_t size = std::stoul(std::string(body.substr(0, end)), nullptr, 16);
    if (size == 0) return answer;
    answer.body += body.substr(end + 2, size);
    body.remove_prefix(end + 2 + size);
  }
}

std::string encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

}  // namespace

TEST_CASE("http export: lines, by condition, in both formats, and on from a cursor") {
  RunningCollector collector;
  std::string batch;
  for (int i = 0; i < 3000; ++i) {
    batch += (i % 300 == 0 ? "" : ",") + (R"({"type":"track","event":"Product Viewed","messageId":"m)" +
                                          std::to_string(i) + R"(","userId":"u)" + std::to_string(i % 7) +
                                          R"(","properties":{"n":)" + std::to_string(i) + "}}");
    if (i % 300 != 299) continue;
    collector.send(R"({"batch":[)" + batch + "]}");
    batch.clear();
  }
  const auto sent = collector.send(R"({"batch":[{"type":"page","userId":"last"}]})");
  const std::string seen = "after=" + sent.at("cursor").get<std::string>() + "&wait=10000";
  const std::string key = collector.bearer(collector.secret);

  const auto events = get_chunked(collector.port, "/v1/export/events?" + seen, key);
  REQUIRE_MESSAGE(events.status == 200, events.body);
  CHECK(events.header("Content-Type") == "application/x-ndjson");
  CHECK(events.header("Cache-Control") == "no-store");
  const std::string cursor = events.header("Desirepath-Cursor");
  CHECK(cursor.starts_with("x"));
  CHECK(std::count(events.body.begin(), events.body.end(), '\n') == 3001);

  const auto some = get_chunked(
      collector.port,
      "/v1/export/events?where=" + encoded(R"({"event":"Product Viewed","properties.n":{"$lt":10}})"), key);
  CHECK(std::count(some.body.begin(), some.body.end(), '\n') == 10);
  const auto csv = get_chunked(collector.port, "/v1/export/profiles?format=csv", key);
  CHECK(csv.header("Content-Type") == "text/csv; charset=utf-8");
  CHECK(csv.body.starts_with("profile,userId,"));

  const auto nothing = get_chunked(collector.port, "/v1/export/events?after=" + cursor, key);
  CHECK(nothing.status == 200);
  CHECK(nothing.body.empty());
  const auto more = collector.send(R"({"batch":[{"type":"page","messageId":"new","userId":"last"}]})");
  CHECK(get(collector.port,
            "/v1/profiles/userId:last?wait=10000&after=" + more.at("cursor").get<std::string>(), key)
            .status == 200);
  const std::string since = get_chunked(collector.port, "/v1/export/events?after=" + cursor, key).body;
  CHECK(std::count(since.begin(), since.end(), '\n') == 1);
  CHECK(since.find(R"("messageId":"new")") != std::string::npos);
}

TEST_CASE("http export: who speaks HTTP/1.0 gets the lines without chunks, up to the connection's end") {
  RunningCollector collector;
  const auto sent =
      collector.send(R"({"batch":[{"type":"page","userId":"ada"},{"type":"page","userId":"bo"}]})");
  get(collector.port, "/v1/profiles/userId:ada?wait=10000&after=" + sent.at("cursor").get<std::string>(),
      collector.bearer(collector.secret));
  RawConnection connection(collector.port);
  connection.send("GET /v1/export/events HTTP/1.0\r\n" + collector.bearer(collector.secret) + "\r\n");
  CHECK_FALSE(connection.read_until("never said"));
  const std::string& answer = connection.so_far();
  CHECK(answer.find("Transfer-Encoding") == std::string::npos);
  CHECK(answer.find("Connection: close") != std::string::npos);
  const std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
  CHECK(body.starts_with(R"({"type":"page","userId":"ada")"));
  CHECK(body.ends_with("}\n"));
  CHECK(std::count(body.begin(), body.end(), '\n') == 2);
}

TEST_CASE("http export: what is refused, and why") {
  RunningCollector collector;
  const std::string key = collector.bearer(collector.secret);
  CHECK(get(collector.port, "/v1/export/events").status == 401);
  for (const std::string& other : {collector.write, collector.viewer}) {
    CHECK(code_of(get(collector.port, "/v1/export/events", collector.bearer(other))) == "forbidden");
  }
  CHECK(get(collector.port, "/v1/export/events", collector.bearer(collector.admin)).status == 200);
  CHECK(code_of(get(collector.port, "/v1/export/people", key)) == "not_found");
  CHECK(code_of(get(collector.port, "/v1/export/events?format=xml", key)) == "bad_request");
  CHECK(code_of(get(collector.port, "/v1/export/events?after=x1y", key)) == "bad_request");
  CHECK(code_of(get(collector.port, "/v1/export/events?after=77", key)) == "behind");
  const auto mistake =
      get(collector.port, "/v1/export/events?where=" + encoded("{\n\"a\":{\"$foo\":1}}"), key);
  CHECK(mistake.status == 400);
  const auto error = nlohmann::json::parse(mistake.body).at("error");
  CHECK(error.at("field") == "where");
  CHECK(error.at("message").get<std::string>().starts_with("where:2:6: error: unknown operator"));
}

TEST_CASE("http export: only so many at a time, and a reader that hangs up gives its place back") {
  RunningCollector collector;
  std::string batch;
  const std::string filler(8'000, 'x');
  for (int i = 0; i < 2'000; ++i) {
    batch += (batch.empty() ? "" : ",") + (R"({"type":"page","userId":"u)" + std::to_string(i) +
                                           R"(","properties":{"x":")" + filler + "\"}}");
    if (batch.size() < 400'000) continue;
    collector.send(R"({"batch":[)" + batch + "]}");
    batch.clear();
  }
  const auto sent = collector.send(R"({"batch":[{"type":"page","userId":"last"}]})");
  const std::string key = collector.bearer(collector.secret);
  const std::string target = "/v1/export/events?wait=10000&after=" + sent.at("cursor").get<std::string>();
  REQUIRE(get_chunked(collector.port, target, key).status == 200);
  {
    // 16 MB are more than the buffers between hold: these readers are in the middle of it.
    std::vector<std::unique_ptr<RawConnection>> readers;
    for (std::size_t i = 0; i < kExportsMax; ++i) {
      readers.push_back(std::make_unique<RawConnection>(collector.port));
      readers.back()->send(begin_of("/v1/export/events", key));
      REQUIRE(readers.back()->read_until("\r\n\r\n"));
      REQUIRE(readers.back()->so_far().starts_with("HTTP/1.1 200"));
    }
    const auto refused = get(collector.port, "/v1/export/events", key);
    CHECK(refused.status == 429);
    CHECK_FALSE(refused.header("Retry-After").empty());
  }
  int status = 429;
  for (int tries = 0; status == 429 && tries < 1000; ++tries)
    status = get_chunked(collector.port, target, key).status;
  CHECK(status == 200);
}
