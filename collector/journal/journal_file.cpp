#include "collector/journal/journal_file.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <string>

#include "collector/store/migrations.hpp"
#include "collector/store/sync_directory.hpp"
#include "collector/store/transaction.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kPrefix = "journal-";
constexpr std::string_view kSuffix = ".db";
constexpr std::size_t kDigits = 20;

constexpr std::array<std::string_view, 1> kMigrations = {
    "CREATE TABLE batch(position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
};

ConnectionOptions file_options() {
  ConnectionOptions options;
  options.cache_kib = 1'024;
  options.page_bytes = 16'384;
  options.autocheckpoint_pages = 512;
  options.wal_kept_kib = 64 * 1'024;
  return options;
}

}  // namespace

std::filesystem::path JournalFile::path_for(const std::filesystem::path& directory,
                                            std::uint64_t first_position) {
  char name[48];
  std::snprintf(name, sizeof name, "journal-%020llu.db", static_cast<unsigned long long>(first_position));
  return directory / name;
}

bool JournalFile::parse_name(const std::filesystem::path& path, std::uint64_t& first_position) {
  const std::string name = path.filename().string();
  if (name.size() != kPrefix.size() + kDigits + kSuffix.size()) return false;
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return false;
  const char* end = name.data() + kPrefix.size() + kDigits;
  const auto parsed = std::from_chars(name.data() + kPrefix.size(), end, first_position);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

Result<void> JournalFile::remove(const std::filesystem::path& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    std::filesystem::remove(path.string() + suffix, error);
    if (error) return failure(ErrorCode::io, path.string() + suffix + ": " + error.message());
  }
  return {};
}

Result<JournalFile> JournalFile::prepare(Connection connection) {
  if (auto migrated = migrate(connection, kMigrations); !migrated) {
    return tl::make_unexpected(std::move(migrated.error()));
  }
  auto insert = connection.prepare("INSERT INTO batch(position, bytes) VALUES(?1, ?2)");
  if (!insert) return tl::make_unexpected(std::move(insert.error()));
  auto select =
      connection.prepare("SELECT position, bytes FROM batch WHERE position > ?1 ORDER BY position LIMIT ?2");
  if (!select) return tl::make_unexpected(std::move(select.error()));
  return JournalFile(std::move(connection), std::move(*insert), std::move(*select));
}

Result<JournalFile> JournalFile::create(const std::filesystem::path& path) {
  auto file = open(path);
  if (!file) {
    (void)remove(path);
    return file;
  }
  if (auto synced = sync_directory(path.parent_path()); !synced) {
    return tl::make_unexpected(std::move(synced.error()));
  }
  return file;
}

Result<JournalFile> JournalFile::open(const std::filesystem::path& path) {
  auto connection = Connection::open(path, file_options());
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  return prepare(std::move(*connection));
}

Result<void> JournalFile::append(std::span<const JournalRow> rows) {
  auto transaction = Transaction::begin(connection_);
  if (!transaction) return tl::make_unexpected(std::move(transaction.error()));
  for (const JournalRow& row : rows) {
    if (auto done = insert_.bind(1, row.position).bind(2, row.bytes).run(); !done) return done;
  }
  return transaction->commit();
}

Result<std::vector<JournaledBatch>> JournalFile::read_after(std::uint64_t position, std::size_t batches_max) {
  std::vector<JournaledBatch> batches;
  std::size_t bytes = 0;
  select_.bind(1, position).bind(2, batches_max);
  while (bytes < kJournalReadBytesMax) {
    auto row = select_.step();
    if (!row) {
      select_.reset();
      return tl::make_unexpected(std::move(row.error()));
    }
    if (!*row) break;
    const auto blob = select_.blob(1);
    const auto number = static_cast<std::uint64_t>(select_.integer(0));
    auto batch = decode_batch(blob);
    if (!batch) {
      select_.reset();
      return failure(ErrorCode::storage, connection_.file().string() + ": batch " + std::to_string(number) +
                                             " is damaged; restore this file from a backup");
    }
    bytes += blob.size();
    batches.push_back(JournaledBatch{Cursor{number}, std::move(*batch)});
  }
  select_.reset();
  return batches;
}

Result<std::uint64_t> JournalFile::last_position() {
  const auto last = connection_.integer("SELECT max(position) FROM batch");
  if (!last) return tl::make_unexpected(last.error());
  return static_cast<std::uint64_t>(*last);
}

}  // namespace desirepath::collector
