#include "collector/store/checkpointer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

struct Written {
  TempDirectory directory;
  std::filesystem::path file = directory.path() / "a.db";
  Connection writer = make(file);

  static Connection make(const std::filesystem::path& file) {
    ConnectionOptions options;
    options.autocheckpoint_pages = 0;
    auto connection = Connection::open(file, options);
    REQUIRE(connection);
    REQUIRE(connection->execute("CREATE TABLE t(n INTEGER PRIMARY KEY, body BLOB)"));
    return std::move(*connection);
  }
  // Twenty pages or so.
  void commit() { REQUIRE(writer.execute("INSERT INTO t(body) VALUES(randomblob(80000))")); }
};

}  // namespace

TEST_CASE("the log of a busy writer stays within its bound, whoever writes it back") {
  for (const std::int64_t behind : {std::int64_t{40}, std::int64_t{1'000'000}}) {
    Written written;
    auto checkpointer = Checkpointer::start(written.file, {behind, 200});
    REQUIRE(checkpointer);
    std::int64_t longest = 0;
    for (int i = 0; i < 200; ++i) {
      written.commit();
      longest = std::max(longest, written.writer.wal_pages());
      (*checkpointer)->committed(written.writer);
    }
    CHECK(longest >= 200);
    CHECK(longest < 300);
  }
}

TEST_CASE("a reader with an old snapshot keeps the log long; it shrinks when the reader has gone") {
  Written written;
  auto checkpointer = Checkpointer::start(written.file, {40, 200});
  REQUIRE(checkpointer);
  written.commit();
  {
    auto reader = Connection::open(written.file, {Access::read_only});
    REQUIRE(reader);
    REQUIRE(reader->execute("BEGIN"));
    REQUIRE(*reader->integer("SELECT count(*) FROM t") == 1);
    for (int i = 0; i < 40; ++i) {
      written.commit();
      (*checkpointer)->committed(written.writer);
    }
    CHECK(written.writer.wal_pages() > 600);
    CHECK(*reader->integer("SELECT count(*) FROM t") == 1);
  }
  written.commit();
  (*checkpointer)->committed(written.writer);
  written.commit();
  CHECK(written.writer.wal_pages() < 100);
}
