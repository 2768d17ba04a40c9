// Files of every earlier schema come up to date, killed at any instant; files of a later one are left alone.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <span>

#include "collector/journal/journal.hpp"
#include "collector/journal/journal_file.hpp"
#include "collector/ops/key_ring.hpp"
#include "collector/profile/profile_schema.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/store/migrations.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

constexpr int kChunks = 3'000;

// A store as a program with the first `count` migrations left it, with something in it.
void make_store(const std::filesystem::path& file, std::size_t count, int chunks) {
  auto connection = Connection::open(file);
  REQUIRE(connection.has_value());
  REQUIRE(migrate(*connection, std::span(kProfileMigrations).first(count)).has_value());
  REQUIRE(connection->execute("BEGIN").has_value());
  auto insert = connection->prepare(
      "INSERT INTO chunk(id, first_ms, last_ms, count, bytes, segments, hashes, events, json)"
      " VALUES(?1, 1, 1, 1, 1, 1, zeroblob(8), zeroblob(200), zeroblob(400))");
  for (int id = 1; insert && id <= chunks; ++id) REQUIRE(insert->bind(1, id).run().has_value());
  REQUIRE(connection->execute("COMMIT").has_value());
}

std::int64_t integer(const std::filesystem::path& file, const char* sql) {
  auto connection = Connection::open(file);
  REQUIRE(connection.has_value());
  return connection->integer(sql, -1).value();
}

void make_newer(const std::filesystem::path& file) {
  auto connection = Connection::open(file);
  REQUIRE(connection.has_value());
  REQUIRE(connection->execute("PRAGMA user_version=9999").has_value());
}

}  // namespace

TEST_CASE("migration: a store of every earlier schema comes up to date") {
  for (std::size_t count = 1; count <= kProfileMigrations.size(); ++count) {
    CAPTURE(count);
    const TempDirectory directory;
    const auto file = directory.path() / "profiles.db";
    make_store(file, count, count < 3 ? 10 : 0);
    const auto opened = ProfileStore::open(file);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
    CHECK(integer(file, "PRAGMA user_version") == static_cast<std::int64_t>(kProfileMigrations.size()));
  }
}

TEST_CASE("migration: identifiers of every earlier schema are found by value and by public id") {
  const Identifier known{"userId", "u-1"};
  for (std::size_t count = 1; count <= kProfileMigrations.size(); ++count) {
    CAPTURE(count);
    const TempDirectory directory;
    const auto file = directory.path() / "profiles.db";
    make_store(file, count, 0);
    {
      auto connection = Connection::open(file);
      REQUIRE(connection.has_value());
      auto insert = connection->prepare(
          "INSERT INTO identifier(id, public_id, type, value, profile, proved) VALUES(7, ?1, ?2, ?3, 7, 1)");
      const std::string id = public_id(known);
      REQUIRE(insert.has_value());
      REQUIRE(insert->bind(1, id).bind(2, known.type).bind(3, known.value).run().has_value());
    }
    const auto store = ProfileStore::open(file);
    REQUIRE_MESSAGE(store.has_value(), store.error().message);
    IdentityRows& identities = (*store)->writer().identities();
    CHECK(identities.find(known).value() == NodeId{7});
    CHECK(identities.find_public(public_id(known)).value() == NodeId{7});
    CHECK_FALSE(identities.find_public(public_id(known).substr(0, 8)).value().has_value());
    CHECK(identities.node(7).value().node.proved);
    CHECK(identities.members(7).value() == std::vector<NodeId>{7});
    CHECK(identities.insert({"userId", "u-2"}).value() == 8);
    CHECK(identities.members(8).value() == std::vector<NodeId>{8});
  }
}

TEST_CASE("migration: killed at any instant, the next start finishes it and nothing is lost") {
  for (int round = 0; round < 12; ++round) {
    CAPTURE(round);
    const TempDirectory directory;
    const auto file = directory.path() / "profiles.db";
    make_store(file, 1, kChunks);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      (void)ProfileStore::open(file);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(round * 1'500));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    const auto schema = integer(file, "PRAGMA user_version");
    CHECK((schema >= 1 && schema <= static_cast<std::int64_t>(kProfileMigrations.size())));
    CHECK(integer(file, "SELECT COUNT(*) FROM chunk") == kChunks);
    const auto opened = ProfileStore::open(file);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
    CHECK(integer(file, "PRAGMA user_version") == static_cast<std::int64_t>(kProfileMigrations.size()));
    CHECK(integer(file, "PRAGMA integrity_check") == 0);  // the text "ok" as a number
  }
}

TEST_CASE("migration: a file of a newer program is refused in one line and left as it is") {
  const TempDirectory directory;
  const auto profiles = directory.path() / "profiles.db";
  const auto keys = directory.path() / "keys.db";
  const auto journal = directory.path() / "journal";
  REQUIRE(ProfileStore::open(profiles).has_value());
  REQUIRE(KeyRing::open(keys).has_value());
  {
    auto opened = Journal::open(journal);
    REQUIRE(opened.has_value());
    AcceptedBatch batch;
    batch.source = "web";
    batch.events.push_back({1, "m", R"({"type":"page"})"});
    REQUIRE((*opened)->append(batch).has_value());
  }
  const auto journal_file = JournalFile::path_for(journal, 1);
  REQUIRE(std::filesystem::exists(journal_file));
  for (const auto& file : {profiles, keys, journal_file}) make_newer(file);
  const std::string messages[] = {ProfileStore::open(profiles).error().message,
                                  KeyRing::open(keys).error().message,
                                  Journal::open(journal).error().message};
  for (const std::string& message : messages) {
    CHECK(message.find("written by a newer desirepath") != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  }
  for (const auto& file : {profiles, keys, journal_file}) CHECK(integer(file, "PRAGMA user_version") == 9999);
}
