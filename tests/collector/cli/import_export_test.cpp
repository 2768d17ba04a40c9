#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "collector/cli/binary.hpp"
#include "collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

const std::filesystem::path kProject = DESIREPATH_SOURCE_DIR;
const std::filesystem::path kClickstream = kProject / ".." / "shared" / "data" / "ecom.csv.gz";
const std::string kMap = (kProject / "web_demo" / "ecom.map.json").string();
const std::string kJourney = (kProject / "web_demo" / "ecom.journey.json").string();

bool clickstream_is_here() {
  if (std::filesystem::exists(kClickstream)) return true;
  MESSAGE("skipped: ../shared/data/ecom.csv.gz is absent");
  return false;
}

class Workplace {
 public:
  std::string data(const std::string& name = "data") const { return (directory_.path() / name).string(); }
  std::string file(const std::string& name, const std::string& text) const {
    const auto path = directory_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  Ran run(const std::vector<std::string>& words) const { return run_binary(directory_.path(), words); }
  std::string exported(const std::string& what, const std::string& from) const {
    const Ran ran = run({"export", what, "--data", from});
    REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    return ran.out;
  }

 private:
  TemporaryDirectory directory_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string event_line(const std::string& id, const std::string& who, int second) {
  return "{\"type\":\"track\",\"event\":\"Product Viewed\",\"messageId\":\"" + id + "\"," + who +
         ",\"timestamp\":\"2024-01-01T00:00:" + std::to_string(second) + "Z\"}\n";
}

}  // namespace

TEST_CASE("a shop's clickstream becomes 600 profiles, and a second import changes nothing") {
  if (!clickstream_is_here()) return;
  const Workplace place;
  const std::vector<std::string> import = {"import", kClickstream.string(), "--map", kMap,
                                           "--data", place.data()};
  std::vector<std::string> first = import;
  first.insert(first.end(), {"--journey", kJourney});
  const Ran imported = place.run(first);
  CHECK(imported.exit_code == 0);
  CHECK(imported.err.empty());
  CHECK(imported.out.starts_with("31106 rows: 31106 new, 0 known already, 0 bad; "));
  const std::string profiles = place.exported("profiles", place.data());
  const std::vector<std::string> lines = lines_of(profiles);
  CHECK(lines.size() == 600);
  CHECK(std::is_sorted(lines.begin(), lines.end()));
  for (const std::string& line : lines) {
    REQUIRE(line.find("\"behaviors\":{\"products_viewed\":") != std::string::npos);
    REQUIRE(line.find("\"stage\":\"") != std::string::npos);
  }
  const std::string events = place.exported("events", place.data());
  const std::string decisions = place.exported("decisions", place.data());
  CHECK(lines_of(events).size() == 31106);

  const Ran again = place.run(import);
  CHECK(again.out.starts_with("31106 rows: 0 new, 31106 known already, 0 bad; "));
  CHECK(place.exported("profiles", place.data()) == profiles);
  CHECK(place.exported("events", place.data()) == events);
  CHECK(place.exported("decisions", place.data()) == decisions);

  // What was exported, in another order and in another directory, is the same again.
  std::vector<std::string> shuffled = lines_of(events);
  constexpr std::uint32_t kSeed = 7;
  CAPTURE(kSeed);
  std::mt19937 random(kSeed);
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  std::string text;
  for (const std::string& line : shuffled) text += line + "\n";
  const Ran other = place.run(
      {"import", place.file("shuffled.jsonl", text), "--data", place.data("other"), "--journey", kJourney});
  CHECK(other.exit_code == 0);
  CHECK(place.exported("profiles", place.data("other")) == profiles);
  CHECK(place.exported("events", place.data("other")) == events);
}

TEST_CASE("bad rows are told with file and line, the rest is stored, and the exit code says so") {
  const Workplace place;
  const std::string file = place.file("a.jsonl", event_line("m1", "\"userId\":\"u\"", 10) + "{\"type\":\n" +
                                                     event_line("m2", "\"userId\":\"u\"", 11));
  const Ran ran = place.run({"import", file, "--data", place.data()});
  CHECK(ran.exit_code == 1);
  CHECK(ran.err.starts_with(file + ":2: not JSON"));
  CHECK(ran.out.starts_with("3 rows: 2 new, 0 known already, 1 bad; "));
  CHECK(lines_of(place.exported("events", place.data())).size() == 2);
}

TEST_CASE("what a command cannot do is one clear line") {
  const Workplace place;
  const auto said = [&](const std::vector<std::string>& words, const std::string& what) {
    const Ran ran = place.run(words);
    CAPTURE(ran.err);
    CHECK(ran.exit_code == 1);
    CHECK(ran.out.empty());
    CHECK(ran.err.find(what) != std::string::npos);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
  };
  said({"export", "profiles", "--data", place.data("none")}, "is no data directory");
  said({"export", "profiles", "--data", place.data(), "--were", "{}"}, "unknown option --were");
  said({"export", "people", "--data", place.data()}, "profiles, events or decisions");
  said({"export", "profiles", "--data", place.data(), "--format", "xml"}, "jsonl or csv");
  said({"import", "nowhere.jsonl", "--data", place.data()}, "nowhere.jsonl");
  said({"import", "a.jsonl"}, "say where to");
  said({"import", "a.jsonl", "--url", "http://127.0.0.1:1"}, "--key");
  said({"unmerge", "--data", place.data(), "userId:a"}, "TYPE:VALUE");
}

TEST_CASE("a journey with mistakes is refused with all of them, and nothing is stored") {
  const Workplace place;
  const std::string journey = place.file("bad.json", "{\n  \"schema\": \"other\",\n  \"jurney\": 1\n}\n");
  const std::string file = place.file("a.jsonl", event_line("m1", "\"userId\":\"u\"", 10));
  const Ran ran = place.run({"import", file, "--data", place.data(), "--journey", journey});
  CHECK(ran.exit_code == 1);
  CHECK(ran.err.find(journey + ":2:") != std::string::npos);
  CHECK(ran.err.find(journey + ":3:") != std::string::npos);
  CHECK(place.exported("events", place.data()).empty());
}

TEST_CASE("unmerge separates what was joined by mistake") {
  const Workplace place;
  const std::string file =
      place.file("a.jsonl", event_line("m1", "\"anonymousId\":\"tablet\"", 10) +
                                event_line("m2", "\"anonymousId\":\"tablet\",\"userId\":\"ann\"", 11));
  REQUIRE(place.run({"import", file, "--data", place.data()}).exit_code == 0);
  CHECK(lines_of(place.exported("profiles", place.data())).size() == 1);
  const Ran ran = place.run({"unmerge", "--data", place.data(), "userId:ann", "anonymousId:tablet"});
  CHECK(ran.exit_code == 0);
  CHECK(ran.out == "userId:ann and anonymousId:tablet are kept apart\n");
  CHECK(lines_of(place.exported("profiles", place.data())).size() == 2);
  const Ran unknown = place.run({"unmerge", "--data", place.data(), "userId:ann", "anonymousId:other"});
  CHECK(unknown.exit_code == 1);
  CHECK(unknown.err.find("anonymousId:other was never seen") != std::string::npos);
}

TEST_CASE("a served collector takes a file over its URL, with a secret key") {
  const Workplace place;
  std::string text;
  for (int i = 0; i < 500; ++i) {
    text += event_line("m" + std::to_string(i), "\"userId\":\"u" + std::to_string(i % 7) + "\"", 10 + i % 50);
  }
  const std::string file = place.file("a.jsonl", text);
  {
    ServedDirectory served(place.data());
    const Ran posted =
        place.run({"import", file, "--url", served.ready("url"), "--key", served.ready("secret_key")});
    CHECK(posted.err.empty());
    CHECK(posted.out.starts_with("500 rows: 500 new, 0 known already, 0 bad; "));
    const Ran wrong_key = place.run({"import", file, "--url", served.ready("url"), "--key", "nonsense"});
    CHECK(wrong_key.exit_code == 1);
    CHECK(wrong_key.err.find("refused: 401") != std::string::npos);
    CHECK(served.stop() == 0);
  }
  CHECK(lines_of(place.exported("events", place.data())).size() == 500);
  CHECK(lines_of(place.exported("profiles", place.data())).size() == 7);
}

TEST_CASE("an export by condition goes to a file that appears whole, and tells where the next one goes on") {
  const Workplace place;
  const std::string file = place.file(
      "a.jsonl", event_line("m1", "\"userId\":\"u\"", 10) + event_line("m2", "\"userId\":\"v\"", 11));
  REQUIRE(place.run({"import", file, "--data", place.data()}).exit_code == 0);
  const std::string out = place.data("out.jsonl");
  const auto written = [&] {
    std::ifstream in(out, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::vector<std::string> base = {"export", "events", "--data", place.data(), "--out", out};
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), base.begin(), base.end());
    return place.run(more);
  };
  const Ran some = run({"--where", R"({"userId":"v"})"});
  CHECK(some.exit_code == 0);
  CHECK(some.out.empty());
  CHECK(some.err.empty());
  CHECK(lines_of(written()).size() == 1);
  const std::string before = written();

  const Ran mistaken = run({"--where", "{\"userId\":\n {\"$like\":\"v\"}}"});
  CHECK(mistaken.exit_code == 1);
  CHECK(mistaken.err.find("where:2:3: error: unknown operator '$like'") != std::string::npos);
  CHECK(written() == before);
  CHECK(run({"--after", "7"}).err.find("--after: '7' is no cursor of an export") != std::string::npos);

  const Ran whole = run({"--after", "x0"});
  CHECK(whole.exit_code == 0);
  REQUIRE(whole.err.starts_with("cursor x"));
  CHECK(lines_of(written()).size() == 2);
  const std::string cursor = whole.err.substr(7, whole.err.size() - 8);
  CHECK(run({"--after", cursor}).exit_code == 0);
  CHECK(written().empty());
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(out).parent_path())) {
    CHECK(entry.path().string().find(".part-") == std::string::npos);
  }
}
