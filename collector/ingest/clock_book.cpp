#include "collector/ingest/clock_book.hpp"

#include <array>
#include <random>

#include "collector/ingest/limits.hpp"
#include "collector/store/connection.hpp"
#include "collector/store/migrations.hpp"
#include "collector/store/transaction.hpp"

namespace desirepath::collector {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

constexpr std::array<std::string_view, 1> kMigrations = {
    "CREATE TABLE secret(value INTEGER NOT NULL);"
    "CREATE TABLE clock(id INTEGER PRIMARY KEY, device INTEGER NOT NULL UNIQUE, offset_ms INTEGER NOT "
    "NULL);"};

std::int64_t random_secret() {
  std::random_device device;
  return static_cast<std::int64_t>((std::uint64_t{device()} << 32) | device());
}

std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

std::int64_t device_of(std::uint64_t secret, std::string_view anonymous_id) {
  std::uint64_t hash = mix(secret ^ anonymous_id.size());
  for (const char c : anonymous_id) hash = mix(hash ^ static_cast<std::uint8_t>(c));
  return static_cast<std::int64_t>(hash);
}

std::int64_t whole_minutes(std::int64_t ms) {
  const std::int64_t half = ms < 0 ? -kMinuteMs / 2 : kMinuteMs / 2;
  return (ms + half) / kMinuteMs * kMinuteMs;
}

}  // namespace

ClockBook::ClockBook(std::unique_ptr<Connection> connection, std::uint64_t secret)
    : connection_(std::move(connection)), secret_(secret) {}
ClockBook::~ClockBook() = default;

Result<std::unique_ptr<ClockBook>> ClockBook::open(const std::filesystem::path& file) {
  ConnectionOptions options;
  options.cache_kib = 512;
  options.secure_delete = true;
  auto opened = Connection::open(file, options);
  if (!opened) return tl::make_unexpected(std::move(opened.error()));
  auto connection = std::make_unique<Connection>(std::move(*opened));
  if (auto done = migrate(*connection, kMigrations); !done) return tl::make_unexpected(done.error());
  auto known = connection->integer("SELECT count(*) FROM secret");
  if (!known) return tl::make_unexpected(known.error());
  if (*known == 0) {
    auto insert = connection->prepare("INSERT INTO secret(value) VALUES(?1)");
    if (!insert) return tl::make_unexpected(insert.error());
    if (auto done = insert->bind(1, random_secret()).run(); !done) return tl::make_unexpected(done.error());
  }
  const auto secret = connection->integer("SELECT value FROM secret");
  if (!secret) return tl::make_unexpected(secret.error());
  return std::unique_ptr<ClockBook>(
      new ClockBook(std::move(connection), static_cast<std::uint64_t>(*secret)));
}

Result<std::int64_t> ClockBook::offset_ms(std::string_view anonymous_id, std::int64_t seen_ms) {
  const std::int64_t device = device_of(secret_, anonymous_id);
  const std::lock_guard lock(mutex_);
  auto select = connection_->prepare("SELECT offset_ms FROM clock WHERE device = ?1");
  if (!select) return tl::make_unexpected(select.error());
  auto row = select->bind(1, device).step();
  if (!row) return tl::make_unexpected(row.error());
  if (*row) return select->integer(0);
  select->reset();
  return add(device, whole_minutes(seen_ms));
}

Result<std::int64_t> ClockBook::add(std::int64_t device, std::int64_t offset_ms) {
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return tl::make_unexpected(transaction.error());
  auto insert = connection_->prepare("INSERT INTO clock(device, offset_ms) VALUES(?1, ?2)");
  if (!insert) return tl::make_unexpected(insert.error());
  if (auto done = insert->bind(1, device).bind(2, offset_ms).run(); !done) {
    return tl::make_unexpected(done.error());
  }
  auto forget = connection_->prepare("DELETE FROM clock WHERE id <= ?1");
  if (!forget) return tl::make_unexpected(forget.error());
  const std::int64_t newest = connection_->last_insert_rowid();
  if (auto done = forget->bind(1, newest - static_cast<std::int64_t>(kClockDevicesMax)).run(); !done) {
    return tl::make_unexpected(done.error());
  }
  if (auto done = transaction->commit(); !done) return tl::make_unexpected(done.error());
  return offset_ms;
}

std::int64_t DeviceClocks::offset_ms(const std::string& anonymous_id, std::int64_t sent_at_ms) {
  const std::int64_t seen_ms = received_at_ms_ - sent_at_ms;
  if (book_ == nullptr || (seen_ms <= kClockToleranceMs && seen_ms >= -kClockToleranceMs)) return 0;
  if (last_offset_ms_ && last_device_ == anonymous_id) return *last_offset_ms_;
  auto offset = book_->offset_ms(anonymous_id, seen_ms);
  if (!offset) {
    failed_ = std::move(offset.error());
    return 0;
  }
  last_device_ = anonymous_id;
  last_offset_ms_ = *offset;
  return *offset;
}

}  // namespace desirepath::collector
