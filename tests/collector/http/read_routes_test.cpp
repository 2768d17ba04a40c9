#include "collector/console/assets.hpp"
#include "collector/http/running_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;

TEST_CASE("http read: who may read a profile, and what is not there") {
  RunningCollector collector;
  const auto sent =
      collector.send(R"({"batch":[{"type":"track","event":"Product Viewed","userId":"u /1"}]})");
  const std::string target =
      "/v1/profiles/userId:u%20%2F1?wait=10000&after=" + sent.at("cursor").get<std::string>();
  CHECK(get(collector.port, target).status == 401);
  CHECK(code_of(get(collector.port, target, collector.bearer(collector.write))) == "forbidden");
  for (const std::string& key : {collector.secret, collector.viewer, collector.admin}) {
    const auto answer = get(collector.port, target, collector.bearer(key));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    const auto profile = nlohmann::json::parse(answer.body);
    CHECK(profile.at("stage") == "evaluate");
    CHECK(profile.at("identifiers")[0].at("value") == "u /1");
    CHECK(profile.contains("cursor"));
    CHECK(answer.header("Cache-Control") == "no-store");
  }
  const std::string key = collector.bearer(collector.secret);
  CHECK(code_of(get(collector.port, "/v1/profiles/userId:nobody", key)) == "not_found");
  CHECK(get(collector.port, "/v1/profiles/userId:u%20%2F1/decisions", key).status == 200);
  CHECK(get(collector.port, "/v1/profiles/userId:u%20%2F1/ledger", key).status == 200);
  CHECK(get(collector.port, "/v1/profiles/userId:u%20%2F1/history", key).status == 200);
  const std::string profile = "/v1/profiles/userId:u%20%2F1";
  CHECK(get(collector.port, profile + "?as_of=2099-01-01T00:00:00Z", key).status == 200);
  CHECK(code_of(get(collector.port, profile + "?as_of=1000", key)) == "not_found");
  CHECK(code_of(get(collector.port, profile + "?as_of=yesterday", key)) == "bad_request");
  CHECK(get(collector.port, "/v1/profiles/userId:u%20%2F1/other", key).status == 404);
  CHECK(get(collector.port, "/v1/profiles/userId:u%20%2F1/", key).status == 404);
  CHECK(get(collector.port, "/v1/profiles/nocolon", key).status == 400);
  CHECK(get(collector.port, "/v1/profiles/userId:%zz", key).status == 400);
  CHECK(get(collector.port, "/v1/profiles/userId:u?after=x", key).status == 400);
}

TEST_CASE("http read: which facts of a trigger hold") {
  RunningCollector collector;
  const auto sent = collector.send(
      R"({"batch":[{"type":"track","event":"Product Viewed","messageId":"m1","userId":"u1"},{"type":"track","event":"Other","messageId":"m2","userId":"u1"}]})");
  const std::string target =
      "/v1/profiles/userId:u1/explain?wait=10000&after=" + sent.at("cursor").get<std::string>();
  const std::string key = collector.bearer(collector.secret);
  const auto answer = get(collector.port, target, key);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  const auto all = nlohmann::json::parse(answer.body);
  CHECK(all.at("messageId") == "m2");
  const std::string trigger = all.at("triggers").at(0).at("trigger");
  const auto one =
      nlohmann::json::parse(get(collector.port, target + "&messageId=m1&trigger=" + trigger, key).body);
  CHECK(one.at("messageId") == "m1");
  REQUIRE(one.at("triggers").size() == 1);
  const auto& explained = one.at("triggers")[0];
  CHECK(explained.at("journey") == "shop");
  CHECK(explained.at("trigger") == trigger);
  CHECK(explained.at("conditions").is_array());
  CHECK_FALSE(explained.at("actions").empty());
  CHECK(code_of(get(collector.port, target + "&trigger=none", key)) == "not_found");
  CHECK(code_of(get(collector.port, target + "&messageId=none", key)) == "not_found");
  CHECK(get(collector.port, target).status == 401);
}

TEST_CASE("http read: a cursor not yet reached is 504, behind") {
  RunningCollector collector;
  const auto answer =
      get(collector.port, "/v1/profiles/userId:u?after=999999&wait=1", collector.bearer(collector.secret));
  CHECK(answer.status == 504);
  CHECK(code_of(answer) == "behind");
}

TEST_CASE("http read: the device program, by name and by hash") {
  RunningCollector collector;
  const auto program = get(collector.port, "/v1/journeys/shop/program");
  REQUIRE(program.status == 200);
  CHECK_FALSE(program.body.empty());
  CHECK(program.header("Cache-Control").find("max-age=60") != std::string::npos);
  CHECK(program.header("Access-Control-Allow-Origin") == "*");
  const std::string etag = program.header("ETag");
  CHECK(get(collector.port, "/v1/journeys/default/program").body == program.body);
  const auto same = get(collector.port, "/v1/journeys/shop/program", "If-None-Match: " + etag + "\r\n");
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  const auto by_hash = get(collector.port, "/v1/programs/" + etag.substr(1, etag.size() - 2));
  CHECK(by_hash.body == program.body);
  CHECK(by_hash.header("Cache-Control").find("immutable") != std::string::npos);
  CHECK(code_of(get(collector.port, "/v1/journeys/other/program")) == "not_found");
  CHECK(get(collector.port, "/v1/programs/0000000000000000").status == 404);
}

TEST_CASE("http read: the console comes with its policy, and revalidates") {
  RunningCollector collector;
  const auto console = get(collector.port, "/");
  CHECK(console.status == 200);
  CHECK(console.header("Content-Security-Policy") == std::string(kConsolePolicy));
  CHECK(console.header("X-Content-Type-Options") == "nosniff");
  CHECK(get(collector.port, "/", "If-None-Match: " + console.header("ETag") + "\r\n").status == 304);
  RawConnection connection(collector.port);
  connection.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(connection.read_until("text/html"));
  CHECK(connection.read_until("\r\n\r\n"));
  connection.send("GET /v1/journeys/shop/program HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(connection.read_until("application/octet-stream"));
  CHECK(connection.so_far().find("<html") == std::string::npos);
}

TEST_CASE("http read: a stream shows events as they are folded, and ends when the collector does") {
  RunningCollector collector;
  CHECK(get(collector.port, "/v1/stream").status == 401);
  CHECK(get(collector.port, "/v1/stream?k=" + collector.write).status == 403);
  RawConnection stream(collector.port);
  stream.send("GET /v1/stream?k=" + collector.viewer + " HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(stream.read_until(": open\n\n"));
  CHECK(stream.so_far().find("text/event-stream") != std::string::npos);
  collector.send(
      R"({"batch":[{"type":"track","event":"Product Viewed","userId":"u","messageId":"seen-1"}]})");
  CHECK(stream.read_until("seen-1"));
  CHECK(stream.read_until("event: stage\n"));
  CHECK(stream.so_far().find("id: 1.") != std::string::npos);
  collector.server().drain();
  CHECK_FALSE(stream.read_until("something that never comes"));
}

TEST_CASE("http read: a slow watcher loses the oldest and is told") {
  EventStream stream;
  auto client = stream.watch();
  REQUIRE(client);
  CHECK((*client)->next(std::chrono::milliseconds(0)).value() == ": open\n\n");
  for (std::uint64_t i = 1; i <= 1'500; ++i) {
    stream.publish({FoldedEvent::Kind::event, i, "{\"n\":" + std::to_string(i) + "}"});
  }
  const auto text = (*client)->next(std::chrono::milliseconds(0));
  REQUIRE(text);
  CHECK(text->starts_with("event: dropped\ndata: {\"dropped\":500}\n\n"));
  CHECK(text->find("{\"n\":500}") == std::string::npos);
  CHECK(text->find("{\"n\":501}") != std::string::npos);
  CHECK(text->find("{\"n\":1500}") != std::string::npos);
  CHECK((*client)->next(std::chrono::milliseconds(1)).value() == ": quiet\n\n");
  stream.close();
  CHECK_FALSE((*client)->next(std::chrono::milliseconds(0)).has_value());
  CHECK(stream.watch().error().code == ErrorCode::rate_limited);
}

TEST_CASE("http read: a watcher that comes back goes on where it was, or is told of the gap") {
  EventStream stream;
  const auto publish = [&](std::uint64_t i) {
    stream.publish({FoldedEvent::Kind::event, i, "{\"n\":" + std::to_string(i) + "}"});
  };
  const auto taken = [](StreamClient& client) {
    client.next(std::chrono::milliseconds(0));
    return client.next(std::chrono::milliseconds(0)).value();
  };
  auto client = stream.watch();
  REQUIRE(client);
  for (std::uint64_t i = 1; i <= 3; ++i) publish(i);
  const std::string seen = taken(**client);
  const std::size_t at = seen.find("id: 2.") + 4;
  const std::string second = seen.substr(at, seen.find('\n', at) - at);
  client->reset();
  for (std::uint64_t i = 4; i <= 5; ++i) publish(i);
  const auto back = stream.watch(second);
  REQUIRE(back);
  const std::string rest = taken(**back);
  CHECK(rest.find("{\"n\":2}") == std::string::npos);
  for (const char* next : {"{\"n\":3}", "{\"n\":4}", "{\"n\":5}"})
    CHECK(rest.find(next) != std::string::npos);
  CHECK(rest.find("gap") == std::string::npos);
  // Nothing is missing and nothing is new.
  const std::size_t last = rest.rfind("id: ") + 4;
  const auto idle = stream.watch(rest.substr(last, rest.find('\n', last) - last));
  REQUIRE(idle);
  CHECK(taken(**idle) == ": quiet\n\n");
  for (std::uint64_t i = 6; i <= 1'010; ++i) publish(i);
  const auto late = stream.watch(second);
  REQUIRE(late);
  CHECK(taken(**late) == "event: gap\ndata: {\"after\":\"" + second + "\"}\n\n");
  const auto hostile = stream.watch("x\"}\n\nevent: stage");
  REQUIRE(hostile);
  CHECK(taken(**hostile) == "event: gap\ndata: {\"after\":\"x\\\"}\\n\\nevent: stage\"}\n\n");
}

TEST_CASE("http read: the operator's port") {
  RunningCollector collector;
  CHECK(get(collector.ops_port, "/health").status == 200);
  CHECK(get(collector.ops_port, "/ready").status == 200);
  collector.send(R"({"batch":[{"type":"page","userId":"u"},{}]})");
  const auto metrics = get(collector.ops_port, "/metrics");
  CHECK(metrics.body.find("\ndesirepath_events_accepted_total 1\n") != std::string::npos);
  CHECK(metrics.body.find("\ndesirepath_events_rejected_total{code=\"bad_type\"} 1\n") != std::string::npos);
  CHECK(metrics.body.find(collector.secret) == std::string::npos);
  CHECK(get(collector.ops_port, "/v1/stream").status == 404);
  CHECK(get(collector.port, "/health").status == 404);
}

TEST_CASE(
    "http read: what waits to be refolded is folded for who asks with ?after=, and told to who does not "
    "wait") {
  RefoldBounds refolds;
  refolds.stream_events_max = 1;
  refolds.stream_events_per_second = 1;
  RunningCollector collector({}, {}, kTestJourney, refolds);
  const std::string key = collector.bearer(collector.secret);
  const auto view = [&](const std::string& id, const std::string& time) {
    const auto sent =
        collector.send(R"({"batch":[{"type":"track","event":"Product Viewed","userId":"u","messageId":")" +
                       id + R"(","timestamp":"2026-09-0)" + time + R"(T00:00:00Z"}]})");
    REQUIRE(collector.fold().wait_for({std::stoull(sent.at("cursor").get<std::string>())},
                                      std::chrono::seconds(60)));
    return sent.at("cursor").get<std::string>();
  };
  const auto first_seen = [&](const std::string& query) {
    const auto answer = get(collector.port, "/v1/profiles/userId:u" + query, key);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return nlohmann::json::parse(answer.body).at("firstSeen").get<std::string>();
  };
  view("m9", "9");
  view("m8", "8");
  CHECK(first_seen("") == "2026-09-08T00:00:00.000Z");  // leaves a debt of two
  std::string cursor = view("m7", "7");
  CHECK(collector.fold().counters().refolds_waiting == 1);
  CHECK(first_seen("") == "2026-09-08T00:00:00.000Z");
  CHECK(code_of(get(collector.port, "/v1/profiles/userId:u?after=" + cursor, key)) == "behind");
  CHECK(first_seen("?wait=10000&after=" + cursor) == "2026-09-07T00:00:00.000Z");
  CHECK(collector.fold().counters().refolds_waiting == 0);

  cursor = view("m6", "6");
  CHECK(code_of(get(collector.port, "/v1/export/profiles?after=" + cursor, key)) == "behind");
  CHECK(get(collector.port, "/v1/export/profiles?wait=10000&after=" + cursor, key).status == 200);
  CHECK(collector.fold().counters().refolds_waiting == 0);
  CHECK(first_seen("") == "2026-09-06T00:00:00.000Z");

  view("m5", "5");
  CHECK(collector.fold().counters().refolds_waiting == 1);
  CHECK(post(collector.port, "/v1/decide", R"({"userId":"u","slots":["hero"]})", key).status == 200);
  CHECK(collector.fold().counters().refolds_waiting == 0);
}
