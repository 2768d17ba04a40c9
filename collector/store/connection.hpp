// One open SQLite file. Move-only; closes itself. One thread at a time.
//
// Every file is in WAL mode with synchronous=FULL: a transaction that has committed survives `kill -9` and
// power loss. Errors are ErrorCode::storage and name the file, what was tried and SQLite's words.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/store/statement.hpp"

struct sqlite3;

namespace desirepath::collector {

enum class Access : std::uint8_t {
  read_write,  // creates the file where there is none
  read_only,   // the file must exist
};

struct ConnectionOptions {
  Access access = Access::read_write;
  int busy_timeout_ms = 10'000;      // how long to wait for another connection's write
  int cache_kib = 2'048;             // page cache; memory of an idle collector is counted in these
  int page_bytes = 4'096;            // for a new file only
  bool secure_delete = false;        // overwrite what is deleted
  int autocheckpoint_pages = 1'000;  // 0: never by itself
  int wal_kept_kib = 4'096;  // what a large write-ahead log is cut to; cutting costs, so above its usual size
};

class Connection {
 public:
  static Result<Connection> open(const std::filesystem::path& file, const ConnectionOptions& options = {});

  // Runs one or more statements that yield nothing of interest.
  Result<void> execute(std::string_view sql);
  // Compiles one statement. It must not outlive the connection; the connection may be moved meanwhile.
  Result<Statement> prepare(std::string_view sql);
  // The first column of the first row, `fallback` where there is no row.
  Result<std::int64_t> integer(std::string_view sql, std::int64_t fallback = 0);

  // Becomes, in one transaction, what the other database is. Readers see it as one commit. Neither is in a
  // transaction; both have pages of one size.
  Result<void> replace_with(Connection& other);

  std::int64_t last_insert_rowid() const;
  // Rows changed by the most recent INSERT, UPDATE or DELETE.
  std::int64_t changes() const;
  // Overwrites what lies between the cells of the file's pages: where SQLite moves rows from page to page,
  // `secure_delete` leaves copies of them there, in space that belongs to nothing. Goes through
  // kGapPagesPerCall pages from the page `from`, counted from 0, on; returns where to go on, 0 at the end of
  // the file. Outside of a transaction, with an empty write-ahead log and nobody who writes meanwhile;
  // between two calls others may, if the log is emptied again. A file of kGapPagesMax pages is left alone.
  Result<std::int64_t> overwrite_gaps(std::int64_t from);
  // Pages in the write-ahead log after this connection's latest commit; counted only where it makes no
  // checkpoints by itself (`autocheckpoint_pages` 0).
  std::int64_t wal_pages() const { return *wal_pages_; }
  const std::filesystem::path& file() const { return file_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  Connection(std::unique_ptr<sqlite3, Close> database, std::filesystem::path file)
      : database_(std::move(database)), file_(std::move(file)) {}
  [[nodiscard]] tl::unexpected<Error> fail(std::string_view what) const;

  // Where the database's hook writes to; stays where it is when the connection moves.
  std::unique_ptr<std::int64_t> wal_pages_ = std::make_unique<std::int64_t>(0);
  std::unique_ptr<sqlite3, Close> database_;
  std::filesystem::path file_;
};

}  // namespace desirepath::collector
