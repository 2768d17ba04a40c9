#include "collector/ingest/clock_book.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "collector/ingest/limits.hpp"
#include "collector/store/connection.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

constexpr std::int64_t kMinute = 60'000;

std::unique_ptr<ClockBook> open_book(const TempDirectory& directory) {
  auto book = ClockBook::open(directory.path() / "clocks.db");
  REQUIRE(book);
  return std::move(*book);
}

}  // namespace

TEST_CASE("clock book: the first difference counts, in whole minutes, also after a restart") {
  const TempDirectory directory;
  {
    const auto book = open_book(directory);
    CHECK(book->offset_ms("ann", 60 * kMinute + 29'000).value() == 60 * kMinute);
    CHECK(book->offset_ms("ann", 61 * kMinute).value() == 60 * kMinute);
    CHECK(book->offset_ms("bob", -60 * kMinute - 31'000).value() == -61 * kMinute);
  }
  const auto again = open_book(directory);
  CHECK(again->offset_ms("ann", -5 * kMinute).value() == 60 * kMinute);
  CHECK(again->offset_ms("bob", 0).value() == -61 * kMinute);
}

TEST_CASE("clock book: only clocks that are off are in it") {
  const TempDirectory directory;
  const auto book = open_book(directory);
  constexpr std::int64_t kNow = 1'790'000'000'000;
  DeviceClocks clocks(book.get(), kNow);
  CHECK(clocks.offset_ms("ann", kNow - kClockToleranceMs) == 0);
  CHECK(clocks.offset_ms("ann", kNow + kClockToleranceMs) == 0);
  CHECK(clocks.offset_ms("ann", kNow - kClockToleranceMs - 1) == 5 * kMinute);
  CHECK(clocks.offset_ms("ann", kNow - 9 * kMinute) == 5 * kMinute);
  CHECK(clocks.offset_ms("ann", kNow) == 0);
  CHECK(clocks.offset_ms("bob", kNow + 30 * kMinute) == -30 * kMinute);
  CHECK_FALSE(clocks.failed());
}

TEST_CASE("clock book: nobody's id is in the file, and the newest devices stay") {
  const TempDirectory directory;
  {
    const auto book = open_book(directory);
    REQUIRE(book->offset_ms("ann.anonymous.id", kMinute * 7));
    auto file = Connection::open(directory.path() / "clocks.db");
    REQUIRE(file);
    REQUIRE(file->execute("UPDATE clock SET id = " + std::to_string(kClockDevicesMax)));
    REQUIRE(book->offset_ms("bob", kMinute * 8));
    CHECK(file->integer("SELECT count(*) FROM clock").value() == 2);
    REQUIRE(book->offset_ms("cem", kMinute * 9));
    REQUIRE(file->execute("UPDATE clock SET id = 1 WHERE offset_ms = " + std::to_string(kMinute * 7)));
    REQUIRE(book->offset_ms("dee", kMinute * 10));
    CHECK(file->integer("SELECT count(*) FROM clock").value() == 3);
    CHECK(file->integer("SELECT min(offset_ms) FROM clock").value() == kMinute * 8);
  }
  std::ifstream in(directory.path() / "clocks.db", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  CHECK(bytes.size() > 4'096);
  CHECK(bytes.find("ann.anonymous.id") == std::string::npos);
}
