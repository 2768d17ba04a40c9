#include "collector/export/export_run.hpp"

#include <doctest/doctest.h>

#include <string>

#include "collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

TEST_CASE("CSV cells are quoted where needed and never run in a spreadsheet") {
  const auto cell = [](std::string_view text) {
    std::string line;
    append_csv_cell(line, text);
    return line;
  };
  CHECK(cell("plain text") == "plain text");
  CHECK(cell("") == "");
  CHECK(cell(" plain") == " plain");
  CHECK(cell("a=b") == "a=b");
  CHECK(cell("a,b") == "\"a,b\"");
  CHECK(cell("a \"b\"\nc") == "\"a \"\"b\"\"\nc\"");
  for (const char* formula : {"=1+1", "+1", "-1", "@sum(a)", "\t=1", "\r=1", " =1", "\n=1", "\u00a0=1",
                              "\ufeff=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20sum(a)", "\tx"}) {
    CAPTURE(formula);
    CHECK(cell(formula) == "\"'" + std::string(formula) + "\"");
  }
}

TEST_CASE("formats are named") {
  CHECK(parse_export_format("csv") == ExportFormat::csv);
  CHECK(parse_export_format("jsonl") == ExportFormat::jsonl);
  CHECK_FALSE(parse_export_format("xml"));
}

TEST_CASE("CSV exports have their documented columns, and hostile values stay values") {
  TestCollector collector;
  collector.take(
      {make_event(1'700'000'000'000, "m0", "track",
                  R"x(,"event":"=cmd()","userId":"=u","anonymousId":"a","properties":{"x":"1,2"})x"),
       make_event(1'700'000'000'001, "m1", "track", R"(,"event":"Cart Updated","userId":"=u")")});
  const std::string profiles = collector.profiles(ExportFormat::csv);
  CHECK(profiles.starts_with(
      "profile,userId,anonymousId,stage,stageSince,firstSeen,lastSeen,audiences,identifiers,traits,behaviors,"
      "scores\r\n" +
      public_id({"userId", "=u"}) + ",\"'=u\",a,cart,2023-11-14T22:13:20.001Z,2023-11-14T22:13:20.000Z,"));
  const std::string events = collector.events(ExportFormat::csv);
  CHECK(events.find(",m0,track,\"'=cmd()\",\"'=u\",a,") != std::string::npos);
  CHECK(events.find("\"{\"\"x\"\":\"\"1,2\"\"}\",,\r\n") != std::string::npos);
  const std::string decisions = collector.decisions(ExportFormat::csv);
  CHECK(decisions.find(",m1,cart_rescue,fired,,web,hero,,m1~cart_rescue~web,1,false,\r\n") !=
        std::string::npos);
}

TEST_CASE("an exported event is the event that came in, one a line") {
  TestCollector collector;
  auto event = make_event(1'700'000'000'000, "m0", "track", ",\n \"event\":\"Seen\",\"userId\":\"u\"");
  collector.take({event});
  std::string line = event.json;
  line[line.find('\n')] = ' ';
  CHECK(collector.events() == line + "\n");
}

TEST_CASE("a profile's scores, and behaviors that are texts, lists or nothing yet, are JSON values") {
  TestCollector collector(R"({"schema":"desirepath/journey/1","journey":"s","version":1,
    "behaviors":{"top":{"event":"E","affinity":"properties.c","half_life":"1d"},"first":{"event":"E","first":"properties.c"},
      "high":{"event":"E","max":"properties.v"},"kinds":{"event":"E","distinct":"properties.c"},
      "pairs":{"sequence":[{"event":"E"},{"event":"E"}]}},
    "scores":{"love":{"half_life":"1d","add":[{"event":"E","points":8}],"tiers":{"fan":10,"friend":2}},
      "plain":{"add":[{"event":"E","points":0.5}]}},
    "models":{"buy":{"type":"logistic","terms":[{"fact":"scores.plain","weight":0}]}}})");
  const std::int64_t day_ms = 24LL * 60 * 60 * 1000;
  const auto seen = [&](std::int64_t time_ms, const std::string& id, const std::string& properties) {
    return make_event(1'700'000'000'000 + time_ms, id, "track",
                      R"(,"event":"E","userId":"u","properties":)" + properties);
  };
  collector.take({seen(0, "m0", R"({"c":"a \"b\""})"), seen(day_ms, "m1", R"({"c":"z"})")});
  const std::string line = collector.profiles();
  CHECK(line.find("\"behaviors\":{\"top\":[\"z\",\"a \\\"b\\\"\"],\"first\":\"a \\\"b\\\"\",\"high\":null,"
                  "\"kinds\":2,\"pairs\":1},\"scores\":{\"love\":12,\"plain\":1},\"firstSeen\"") !=
        std::string::npos);
  CHECK(collector.profiles(ExportFormat::csv).find("\"{\"\"love\"\":12,\"\"plain\"\":1}\"\r\n") !=
        std::string::npos);

  // The document is as of now: both have faded, the latest text stays.
  collector.now_ms = 1'700'000'000'000 + 3 * day_ms;
  const std::string document = collector.document("userId", "u");
  CHECK(document.find("\"scores\":{\"love\":3,\"plain\":1},\"tiers\":{\"love\":\"friend\"},"
                      "\"propensity\":{\"buy\":0.5},") != std::string::npos);
}

TEST_CASE("a decision tells its treatment, and keeps the first through a refold") {
  TestCollector collector(R"({"schema":"desirepath/journey/1","journey":"x","version":1,
    "triggers":[{"id":"t","event":"E","do":[{"channel":"web","slot":"a"}]},
      {"id":"u","event":"E","do":[{"channel":"sms"}]}],
    "experiments":[{"id":"e","factors":{"wording":{"t.content":[{"v":1},{"v":2}]}},"weights":{"wording":[0,1]}}]})");
  const auto seen = [](std::int64_t time_ms, const std::string& id) {
    return make_event(1'700'000'000'000 + time_ms, id, "track", R"(,"event":"E","anonymousId":"a")");
  };
  collector.take({seen(2, "m2")});
  collector.take({seen(1, "m1")});
  const std::string decisions = collector.decisions();
  CHECK(decisions.find(R"("messageId":"m1","trigger":"t","outcome":"fired","channel":"web","slot":"a",)"
                       R"("treatment":"wording=1","decisionId":"m1~t~web")") != std::string::npos);
  CHECK(decisions.find(R"("trigger":"u","outcome":"fired","channel":"sms","decisionId":"m2~u~sms")") !=
        std::string::npos);
  CHECK(collector.decisions(ExportFormat::csv).find(",m2,t,fired,,web,a,wording=1,m2~t~web,1,false,\r\n") !=
        std::string::npos);
}
