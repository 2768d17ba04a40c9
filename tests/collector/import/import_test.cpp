#include <doctest/doctest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"
#include "collector/import/event_row.hpp"
#include "collector/import/event_source.hpp"
#include "collector/import/limits.hpp"
#include "collector/ingest/limits.hpp"

using namespace desirepath::collector;
using desirepath::collector::testing::TemporaryDirectory;

namespace {

constexpr std::int64_t kNowMs = 1'800'000'000'000;

class Folder {
 public:
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const auto path = directory_.path() / name;
    if (name.ends_with(".gz")) {
      gzFile file = gzopen(path.c_str(), "wb");
      gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
      gzclose(file);
    } else {
      std::ofstream(path, std::ios::binary) << text;
    }
    return path;
  }

 private:
  TemporaryDirectory directory_;
};

std::vector<ImportedRow> read_all(const std::filesystem::path& file, const std::filesystem::path& map = {}) {
  auto source = EventSource::open(file, map, kNowMs);
  if (!source) FAIL(source.error().message);
  std::vector<ImportedRow> rows;
  ImportedRow row;
  while (source->next(row)) rows.push_back(row);
  return rows;
}

}  // namespace

TEST_CASE("CSV: quotes, doubled quotes, line ends inside, CRLF, a byte order mark, empty lines") {
  const Folder folder;
  const auto file = folder.write("a.csv",
                                 "\xEF\xBB\xBFuserId,event,timestamp,note\r\n"
                                 "u1,Seen,2024-01-01 00:00:00,\"a, \"\"b\"\"\nc\"\r\n"
                                 "\r\n"
                                 "u2,Seen,2024-01-01 00:00:01,\n");
  const auto rows = read_all(file);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].line == 2);
  CHECK(rows[0].event.json.find("\"properties\":{\"note\":\"a, \\\"b\\\"\\nc\"}") != std::string::npos);
  CHECK(rows[1].line == 5);
  CHECK(rows[1].mistake.empty());
  CHECK(rows[1].event.json.find("properties") == std::string::npos);
}

TEST_CASE("CSV: a row with the wrong number of fields is told with its line, the rest is read") {
  const Folder folder;
  const auto rows = read_all(folder.write("a.csv",
                                          "userId,event,timestamp\nu1,Seen\nu1,Seen,2024-01-01 00:00:00\n"
                                          "u1,Seen,yesterday\n,Seen,2024-01-01 00:00:00\n"));
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].mistake == "2 fields where the header has 3");
  CHECK(rows[1].mistake.empty());
  CHECK(rows[2].mistake.find("timestamp") != std::string::npos);
  CHECK(rows[2].line == 4);
  CHECK(rows[3].mistake.find("names nobody") != std::string::npos);
}

TEST_CASE("CSV: a header that cannot be used is one clear error") {
  const Folder folder;
  CHECK(EventSource::open(folder.write("e.csv", ""), {}, kNowMs).error().message.find("is empty") !=
        std::string::npos);
  CHECK(EventSource::open(folder.write("t.csv", "a,a\n"), {}, kNowMs).error().message.find("named twice") !=
        std::string::npos);
  CHECK(EventSource::open(folder.write("x.txt", "a"), {}, kNowMs).error().message.find("what kind") !=
        std::string::npos);
  CHECK_FALSE(EventSource::open("/nonexistent/a.csv", {}, kNowMs));
}

TEST_CASE("a mapping builds the event, converts, renames and leaves empty columns out") {
  const Folder folder;
  const auto map = folder.write("map.json", R"({ // comments are allowed
    "schema": "desirepath/map/1",
    "event": { "type": "track", "userId": "shop-${id}", "timestamp": "${at}",
               "event": { "$column": "what", "rename": { "buy": "Order Completed" } },
               "properties": { "revenue": { "$column": "total", "as": "number" },
                               "gift": { "$column": "gift", "as": "boolean" }, "tags": [ "${tag}" ] },
               "context": { "page": { "url": "${url}" } } } })");
  const auto rows = read_all(folder.write("a.csv.gz",
                                          "id,what,at,total,gift,tag,url\n"
                                          "1,buy,2024-01-01 00:00:00,12.5,true,new,\n"
                                          "2,look,2024-01-01 00:00:00,,0,,https://x\n"
                                          "3,look,2024-01-01 00:00:00,many,,,\n"),
                             map);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].event.json.find("\"userId\":\"shop-1\"") != std::string::npos);
  CHECK(
      rows[0].event.json.find("\"event\":\"Order Completed\",\"properties\":{\"revenue\":12.5,\"gift\":true,"
                              "\"tags\":[\"new\"]},\"messageId\"") != std::string::npos);
  CHECK(rows[1].event.json.find(
            "\"properties\":{\"gift\":false},\"context\":{\"page\":{\"url\":\"https://x\"}}") !=
        std::string::npos);
  CHECK(rows[2].mistake == "column total: 'many' is not a number");
}

TEST_CASE("mistakes in a mapping are named") {
  const Folder folder;
  const auto csv = folder.write("a.csv", "id,at\n1,2\n");
  const auto said = [&](const std::string& map) {
    auto source = EventSource::open(csv, folder.write("map.json", map), kNowMs);
    return source ? std::string("nothing") : source.error().message;
  };
  CHECK(said("{").find("not JSON") != std::string::npos);
  CHECK(said(R"({"event":{"userId":"${ID}"}})").find("no column 'ID'; the file has id, at") !=
        std::string::npos);
  CHECK(said(R"({"events":{}})").find("\"event\"") != std::string::npos);
  CHECK(said(R"({"event":{"userId":{"$column":"id","is":"number"}}})").find("'is'") != std::string::npos);
  CHECK(said(R"({"schema":"other","event":{}})").find("schema") != std::string::npos);
}

TEST_CASE("JSON lines: bad lines are told, good ones kept; without a messageId they get the file's") {
  const Folder folder;
  const std::string good =
      R"({"type":"track","event":"Seen","userId":"u","timestamp":"2024-01-01T00:00:00Z"})";
  const std::string named =
      R"({"messageId":"own","type":"track","event":"Seen","userId":"u","timestamp":"2024-01-01T00:00:00Z"})";
  const std::string text =
      good + "\n{\n[]\n\n" + named + "\n" + R"({"type":"track","event":"Seen","userId":"u"})" + "\n";
  const auto rows = read_all(folder.write("a.jsonl", text));
  REQUIRE(rows.size() == 5);
  CHECK(rows[0].mistake.empty());
  CHECK(rows[0].event.message_id.ends_with("-0000000001"));
  CHECK(rows[0].event.json.find("\"messageId\":\"" + rows[0].event.message_id + "\"") != std::string::npos);
  CHECK(rows[1].mistake.find("not JSON") != std::string::npos);
  CHECK(rows[2].line == 3);
  CHECK(rows[2].mistake.find("object") != std::string::npos);
  CHECK(rows[3].line == 5);
  CHECK(rows[3].event.message_id == "own");
  CHECK(rows[4].mistake.find("'timestamp'") != std::string::npos);
  // The same content is the same events, gzipped or not, under whatever name.
  const auto again = read_all(folder.write("b.ndjson.gz", text));
  CHECK(again[0].event == rows[0].event);
  CHECK(read_all(folder.write("c.jsonl", text + "\n" + named))[0].event.message_id !=
        rows[0].event.message_id);
}

TEST_CASE("a line at the limit is read, one past it is a mistake of its own") {
  const Folder folder;
  const std::string head =
      R"({"type":"track","event":"Seen","userId":"u","messageId":"m","timestamp":"2024-01-01T00:00:00.000Z","x":")";
  const std::string at_limit = head + std::string(kEventJsonBytesMax - head.size() - 2, 'x') + "\"}";
  const auto rows = read_all(folder.write(
      "a.jsonl", at_limit + "\n" + head + std::string(kImportLineBytesMax, 'x') + "\"}\n" + head + "\"}\n"));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].mistake.empty());
  CHECK(rows[1].mistake.find("longer than") != std::string::npos);
  CHECK(rows[2].mistake.empty());
}

TEST_CASE("a damaged gzip is an error, not a short file") {
  const Folder folder;
  const auto file = folder.write("a.jsonl.gz", std::string(100'000, '\n') + "{}");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 6);
  CHECK(EventSource::open(file, {}, kNowMs).error().message.find("damaged") != std::string::npos);
}

TEST_CASE("what is imported cannot come from the future") {
  const auto row = accept_row(
      R"({"type":"track","event":"Seen","userId":"u","timestamp":"2099-01-01T00:00:00Z"})", "m", kNowMs);
  REQUIRE(row);
  CHECK(row->timestamp_ms == kNowMs);
}
