#include <doctest/doctest.h>

#include <fstream>

#include "collector/ops/data_directory.hpp"
#include "collector/ops/health.hpp"
#include "collector/ops/key_ring.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

std::unique_ptr<KeyRing> open_ring(const std::filesystem::path& file) {
  auto ring = KeyRing::open(file);
  REQUIRE_MESSAGE(ring.has_value(), ring.error().message);
  return std::move(*ring);
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("key ring: keys are found, revoked, and found no more") {
  const TempDirectory directory;
  auto ring = open_ring(directory.path() / "keys.db");
  const std::string secret = ring->create(KeyKind::secret, "server", 5).value();
  const std::string write = ring->create(KeyKind::write, "web", 6).value();
  CHECK(secret.starts_with("dps_"));
  CHECK(secret.size() == 36);
  const auto info = ring->find(secret);
  REQUIRE(info);
  CHECK(info->kind == KeyKind::secret);
  CHECK(info->source == "server");
  CHECK(info->created_ms == 5);
  CHECK_FALSE(ring->find(secret + "x").has_value());
  CHECK_FALSE(ring->find(secret.substr(1)).has_value());
  CHECK_FALSE(ring->find("").has_value());
  CHECK(ring->revoke(info->id).has_value());
  CHECK_FALSE(ring->find(secret).has_value());
  CHECK(ring->revoke(99).error().code == ErrorCode::not_found);
  const auto all = ring->list();
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].revoked);
  CHECK((*all)[0].shown == secret.substr(0, 8));
  CHECK((*all)[1].shown == write);
}

TEST_CASE("key ring: a secret is in none of its files") {
  const TempDirectory directory;
  const auto file = directory.path() / "keys.db";
  auto ring = open_ring(file);
  const std::string secret = ring->create(KeyKind::secret, "server", 0).value();
  const std::string tail = secret.substr(8);
  for (const char* suffix : {"", "-wal"})
    CHECK(content_of(file.string() + suffix).find(tail) == std::string::npos);
  CHECK(open_ring(file)->find(secret).has_value());
}

TEST_CASE("key ring: what another process does is seen") {
  const TempDirectory directory;
  const auto file = directory.path() / "keys.db";
  auto serving = open_ring(file);
  CHECK_FALSE(serving->find("dps_unknown").has_value());
  const std::string key = open_ring(file)->create(KeyKind::secret, "later", 0).value();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!serving->find(key) && std::chrono::steady_clock::now() < deadline) {
  }
  CHECK(serving->find(key).has_value());
}

TEST_CASE("data directory: one at a time, and the line says who") {
  const TempDirectory directory;
  const auto path = directory.path() / "data";
  {
    const auto held = DataDirectory::lock(path, "serve");
    REQUIRE(held);
    const auto second = DataDirectory::lock(path, "import");
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find("in use by serve (process ") != std::string::npos);
    CHECK(second.error().message.find('\n') == std::string::npos);
  }
  CHECK(DataDirectory::lock(path, "import").has_value());
}

TEST_CASE("data directory: what cannot be one is one clear line") {
  const TempDirectory directory;
  std::ofstream(directory.path() / "file") << "x";
  for (const auto& path : {directory.path() / "file", directory.path() / "absent" / "data"}) {
    const auto refused = DataDirectory::lock(path, "serve");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::io);
    CHECK(refused.error().message.find(path.string()) != std::string::npos);
  }
}

TEST_CASE("health: a fold that has work and stands still is not well, until it moves") {
  const TempDirectory directory;
  Health health(directory.path());
  Health::Clock::time_point now(std::chrono::hours(1));
  CHECK(health.check({true, 7}, now).has_value());
  now += std::chrono::seconds(119);
  CHECK(health.check({true, 7}, now).has_value());
  now += std::chrono::seconds(2);
  CHECK(health.check({true, 7}, now).error().message.find("has not moved") != std::string::npos);
  now += std::chrono::seconds(2);
  CHECK(health.check({true, 8}, now).has_value());
  now += std::chrono::hours(1);
  CHECK(health.check({false, 8}, now).has_value());
}

TEST_CASE("health: it really writes") {
  const TempDirectory directory;
  CHECK(Health(directory.path()).check({}).has_value());
  CHECK(content_of(directory.path() / "health") == "1\n");
  CHECK_FALSE(Health(directory.path() / "gone").check({}).has_value());
}
