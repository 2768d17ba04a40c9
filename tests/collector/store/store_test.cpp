#include <doctest/doctest.h>

#include <array>
#include <fstream>

#include "collector/store/connection.hpp"
#include "collector/store/migrations.hpp"
#include "collector/store/sync_directory.hpp"
#include "collector/store/transaction.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

Connection open_or_fail(const std::filesystem::path& file) {
  auto connection = Connection::open(file);
  REQUIRE_MESSAGE(connection.has_value(), connection.error().message);
  return std::move(*connection);
}

}  // namespace

TEST_CASE("store: values come back as they were bound") {
  const TempDirectory directory;
  Connection connection = open_or_fail(directory.path() / "a.db");
  REQUIRE(connection.execute("CREATE TABLE t(a INTEGER, b REAL, c TEXT, d BLOB, e TEXT) STRICT"));
  auto insert = connection.prepare("INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5)");
  REQUIRE(insert);
  const std::array<std::uint8_t, 3> blob = {0, 255, 7};
  const std::string text("nul\0inside", 10);
  REQUIRE(insert->bind(1, std::int64_t{-5}).bind(2, 0.1).bind(3, text).bind(4, blob).bind_null(5).run());
  REQUIRE(insert->bind(1, std::uint64_t{1} << 62)
              .bind(2, 2.0)
              .bind(3, "")
              .bind(4, std::span<const std::uint8_t>())
              .run());

  auto select = connection.prepare("SELECT a, b, c, d, e FROM t ORDER BY rowid");
  REQUIRE(select);
  REQUIRE(select->step().value());
  CHECK(select->integer(0) == -5);
  CHECK(select->real(1) == 0.1);
  CHECK(select->text(2) == text);
  CHECK(std::vector<std::uint8_t>(select->blob(3).begin(), select->blob(3).end()) ==
        std::vector<std::uint8_t>(blob.begin(), blob.end()));
  CHECK(select->is_null(4));
  REQUIRE(select->step().value());
  CHECK(select->integer(0) == std::int64_t{1} << 62);
  CHECK(select->text(2).empty());
  CHECK_FALSE(select->is_null(3));
  CHECK(select->is_null(4));
  CHECK_FALSE(select->step().value());
}

TEST_CASE("store: errors are values that name the file and the statement") {
  const TempDirectory directory;
  Connection connection = open_or_fail(directory.path() / "a.db");
  REQUIRE(connection.execute("CREATE TABLE t(a INTEGER PRIMARY KEY) STRICT; INSERT INTO t VALUES(1)"));
  auto insert = connection.prepare("INSERT INTO t VALUES(?1)");
  const auto twice = insert->bind(1, 1).run();
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == ErrorCode::storage);
  CHECK(twice.error().message.find("a.db") != std::string::npos);
  CHECK(twice.error().message.find("INSERT INTO t") != std::string::npos);
  CHECK(insert->bind(1, 2).run().has_value());
  CHECK_FALSE(insert->bind(9, 3).run().has_value());  // no such parameter
  CHECK_FALSE(connection.prepare("SELECT nothing FROM nowhere").has_value());
  CHECK_FALSE(Connection::open(directory.path() / "absent" / "a.db").has_value());
  ConnectionOptions read_only;
  read_only.access = Access::read_only;
  CHECK_FALSE(Connection::open(directory.path() / "absent.db", read_only).has_value());
}

TEST_CASE("store: a transaction that is not committed leaves nothing") {
  const TempDirectory directory;
  Connection connection = open_or_fail(directory.path() / "a.db");
  REQUIRE(connection.execute("CREATE TABLE t(a INTEGER) STRICT"));
  {
    auto transaction = Transaction::begin(connection);
    REQUIRE(transaction);
    REQUIRE(connection.execute("INSERT INTO t VALUES(1)"));
  }
  CHECK(connection.integer("SELECT count(*) FROM t").value() == 0);
  {
    auto transaction = Transaction::begin(connection);
    REQUIRE(transaction);
    REQUIRE(connection.execute("INSERT INTO t VALUES(1)"));
    REQUIRE(transaction->commit());
  }
  CHECK(connection.integer("SELECT count(*) FROM t").value() == 1);
}

TEST_CASE("store: migrations run once each, in order, and a newer file is refused untouched") {
  const TempDirectory directory;
  const auto file = directory.path() / "a.db";
  const std::array<std::string_view, 3> all = {
      "CREATE TABLE t(a INTEGER) STRICT", "INSERT INTO t VALUES(1)",
      "ALTER TABLE t ADD COLUMN b INTEGER; INSERT INTO t VALUES(2, 2)"};
  {
    Connection connection = open_or_fail(file);
    REQUIRE(migrate(connection, std::span(all).first(2)));
    REQUIRE(migrate(connection, std::span(all).first(2)));
    CHECK(connection.integer("SELECT count(*) FROM t").value() == 1);
  }
  Connection connection = open_or_fail(file);
  REQUIRE(migrate(connection, all));
  CHECK(connection.integer("SELECT count(*) FROM t WHERE b = 2").value() == 1);
  const auto older = migrate(connection, std::span(all).first(2));
  REQUIRE_FALSE(older);
  CHECK(older.error().message.find("newer") != std::string::npos);
  CHECK(connection.integer("PRAGMA user_version").value() == 3);
}

TEST_CASE("store: a failing migration leaves the file at the last whole one") {
  const TempDirectory directory;
  Connection connection = open_or_fail(directory.path() / "a.db");
  const std::array<std::string_view, 2> broken = {"CREATE TABLE t(a INTEGER) STRICT",
                                                  "INSERT INTO t VALUES(1); INSERT INTO nowhere VALUES(1)"};
  CHECK_FALSE(migrate(connection, broken).has_value());
  CHECK(connection.integer("PRAGMA user_version").value() == 1);
  CHECK(connection.integer("SELECT count(*) FROM t").value() == 0);
}

TEST_CASE("store: a replaced file holds the new content, whole") {
  const TempDirectory directory;
  const auto file = directory.path() / "f";
  REQUIRE(replace_file(file, "a long first content\n"));
  REQUIRE(replace_file(file, "2\n"));
  std::ifstream in(file);
  std::string content((std::istreambuf_iterator<char>(in)), {});
  CHECK(content == "2\n");
  CHECK_FALSE(replace_file(directory.path() / "absent" / "f", "x").has_value());
}
