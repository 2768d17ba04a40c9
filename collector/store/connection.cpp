#include "collector/store/connection.hpp"

#include <sqlite3.h>

#include <cstdio>

namespace desirepath::collector {

void Connection::Close::operator()(sqlite3* database) const noexcept {
  sqlite3_close_v2(database);
}

tl::unexpected<Error> Connection::fail(std::string_view what) const {
  std::string message = file_.string();
  message.append(": ").append(what).append(": ").append(sqlite3_errmsg(database_.get()));
  return failure(ErrorCode::storage, std::move(message));
}

namespace {

// Counting every allocation under one lock is a cost that nobody reads.
bool is_configured() {
  static const bool configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  return configured;
}

}  // namespace

Result<Connection> Connection::open(const std::filesystem::path& file, const ConnectionOptions& options) {
  (void)is_configured();
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (options.access == Access::read_only ? SQLITE_OPEN_READONLY
                                                         : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  Connection connection(std::unique_ptr<sqlite3, Close>(raw), file);
  if (raw == nullptr) return failure(ErrorCode::storage, file.string() + ": open: out of memory");
  if (opened != SQLITE_OK) return connection.fail("open");
  sqlite3_busy_timeout(raw, options.busy_timeout_ms);
  char pragmas[320];
  std::snprintf(
      pragmas, sizeof pragmas,
      "PRAGMA cache_size=-%d; PRAGMA synchronous=FULL; PRAGMA secure_delete=%d; PRAGMA trusted_schema=OFF;",
      options.cache_kib, options.secure_delete ? 1 : 0);
  if (auto done = connection.execute(pragmas); !done) return tl::make_unexpected(std::move(done.error()));
  if (options.access == Access::read_only) return connection;
  std::snprintf(pragmas, sizeof pragmas,
                "PRAGMA page_size=%d; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=%d;"
                "PRAGMA journal_size_limit=%d;",
                options.page_bytes, options.autocheckpoint_pages, options.wal_kept_kib * 1'024);
  if (auto done = connection.execute(pragmas); !done) return tl::make_unexpected(std::move(done.error()));
  if (options.autocheckpoint_pages == 0) {
    sqlite3_wal_hook(
        raw,
        [](void* pages, sqlite3*, const char*, int count) {
          *static_cast<std::int64_t*>(pages) = count;
          return SQLITE_OK;
        },
        connection.wal_pages_.get());
  }
  return connection;
}

Result<void> Connection::execute(std::string_view sql) {
  const std::string text(sql);
  if (sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(sql.substr(0, sql.find_first_of("(;\n")));
  }
  return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int prepared = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (prepared != SQLITE_OK) return fail("prepare");
  return Statement(statement);
}

Result<std::int64_t> Connection::integer(std::string_view sql, std::int64_t fallback) {
  auto statement = prepare(sql);
  if (!statement) return tl::make_unexpected(std::move(statement.error()));
  const auto row = statement->step();
  if (!row) return tl::make_unexpected(row.error());
  return *row ? statement->integer(0) : fallback;
}

Result<void> Connection::replace_with(Connection& other) {
  sqlite3_backup* copy = sqlite3_backup_init(database_.get(), "main", other.database_.get(), "main");
  if (copy == nullptr) return fail("replace");
  const int stepped = sqlite3_backup_step(copy, -1);
  const int finished = sqlite3_backup_finish(copy);
  if (stepped == SQLITE_DONE && finished == SQLITE_OK) return {};
  return fail("replace");
}

std::int64_t Connection::last_insert_rowid() const {
  return sqlite3_last_insert_rowid(database_.get());
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(database_.get());
}

}  // namespace desirepath::collector
