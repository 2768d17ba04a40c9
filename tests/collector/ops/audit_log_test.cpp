#include "collector/ops/audit_log.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "collector/ops/key_ring.hpp"
#include "collector/ops/operator_log.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

std::int64_t at_noon() {
  return 1'790'000'000'000;
}

std::vector<nlohmann::json> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE("audit log: what was done can be read, the newest of it too, also beside a torn line") {
  const TempDirectory directory;
  const auto file = directory.path() / "audit.jsonl";
  const AuditLog log(file, at_noon);
  CHECK(log.newest(5)->empty());
  KeyInfo key;
  key.id = 3;
  key.shown = "dpa_abcdefgh";
  REQUIRE(log.record({who_of(key), "keys create", "key \"7\"\n", "done"}).has_value());
  std::ofstream(file, std::ios::app) << "{\"time\":\"torn\n";
  for (int i = 0; i < 4; ++i) REQUIRE(log.record({"x", std::to_string(i), "", "forbidden"}).has_value());
  const auto all = log.newest(100);
  REQUIRE(all->size() == 5);
  const auto first = nlohmann::json::parse((*all)[0]);
  CHECK(first.at("who") == "key 3 dpa_abcd");
  CHECK(first.at("on") == "key \"7\"\n");
  CHECK(first.at("time") == "2026-09-21T14:13:20.000Z");
  const auto newest = log.newest(2);
  REQUIRE(newest->size() == 2);
  CHECK(nlohmann::json::parse((*newest)[0]).at("act") == "2");
  CHECK(AuditLog(directory.path() / "gone" / "audit.jsonl", at_noon).record({}).error().code ==
        ErrorCode::io);
}

TEST_CASE("audit log: lines of many writers stay whole") {
  const TempDirectory directory;
  const auto file = directory.path() / "audit.jsonl";
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&] {
      const AuditLog log(file, at_noon);
      for (int i = 0; i < 25; ++i) (void)log.record({"w", std::string(500, 'a'), "", "done"});
    });
  }
  for (std::thread& writer : writers) writer.join();
  CHECK(lines_of(file).size() == 100);
}

TEST_CASE("operator log: levels, one line a while for what comes often, no line broken by what it says") {
  const TempDirectory directory;
  const auto file = directory.path() / "log";
  std::FILE* out = std::fopen(file.c_str(), "w");
  OperatorLog log(out, {LogLevel::info});
  log.write(LogLevel::debug, "unseen", {});
  log.write(LogLevel::warn, "seen", {{"message", "two\nlines \"quoted\""}});
  for (int i = 0; i < 1'000; ++i) log.write_seldom(LogLevel::error, "often", "a", {{"code", "x"}});
  log.write_seldom(LogLevel::error, "often", "b", {});
  std::fclose(out);
  const auto lines = lines_of(file);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].at("level") == "warn");
  CHECK(lines[0].at("message") == "two\nlines \"quoted\"");
  CHECK(lines[1].at("code") == "x");
  CHECK(lines[2].at("event") == "often");
}
