// What was deleted is in no byte of the file, wherever SQLite moved it before.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "collector/store/connection.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

std::size_t count_in(const std::filesystem::path& file, const std::string& text) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  std::size_t count = 0;
  for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE(
    "page gaps: copies that secure_delete leaves between rows are overwritten, and the rows are as before") {
  const TempDirectory directory;
  const auto file = directory.path() / "a.db";
  ConnectionOptions options;
  options.secure_delete = true;
  auto connection = Connection::open(file, options);
  REQUIRE(connection.has_value());
  const auto run = [&](const std::string& sql) {
    const auto done = connection->execute(sql);
    REQUIRE_MESSAGE(done.has_value(), done.error().message);
  };
  run("CREATE TABLE t(id INTEGER PRIMARY KEY, note TEXT)");
  std::mt19937 random(7);
  run("BEGIN");
  for (int i = 0; i < 4'000; ++i) {
    const bool is_secret = i % 3 != 0;
    run("INSERT INTO t VALUES(" + std::to_string(random()) + ", '" + (is_secret ? "bygone-" : "fresh-") +
        std::string(random() % 700, is_secret ? 'x' : 'y') + "')");
  }
  run("COMMIT");
  // Rows that grow push others from page to page.
  run("UPDATE t SET note = note || substr(note, 1, 300) WHERE id % 5 = 0");
  run("DELETE FROM t WHERE note LIKE 'bygone-%'");
  REQUIRE(connection->integer("PRAGMA wal_checkpoint(TRUNCATE)", 1).value() == 0);
  CHECK(count_in(file, "bygone-") > 0);  // else this test shows nothing
  const std::int64_t rows = connection->integer("SELECT sum(length(note)) FROM t").value();
  std::int64_t from = 0;
  do {
    const auto next = connection->overwrite_gaps(from);
    REQUIRE_MESSAGE(next.has_value(), next.error().message);
    from = *next;
  } while (from != 0);
  CHECK(count_in(file, "bygone-") == 0);
  CHECK(connection->integer("SELECT sum(length(note)) FROM t").value() == rows);
  CHECK(connection->integer("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'")
            .value() == 1);
  run("INSERT INTO t VALUES(1, 'again')");
  auto other = Connection::open(file);
  REQUIRE(other.has_value());
  CHECK(other->integer("SELECT count(*) FROM t WHERE note = 'again'").value() == 1);
}
