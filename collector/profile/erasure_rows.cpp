#include "collector/profile/erasure_rows.hpp"

#include <openssl/rand.h>

#include <algorithm>

#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kKeyBytes = 32;

}  // namespace

struct ErasureRows::Statements {
  explicit Statements(Connection& database) : connection(database) {}

  Connection& connection;
  std::int64_t gaps_from = 0;  // page up to which the file was gone through since the latest deletion
  Query key{connection, "SELECT value FROM tombstone_key"};
  Query make_key{connection, "INSERT INTO tombstone_key(value) VALUES(?1)"};
  Query tombstones{connection, "SELECT hash, erased_at_ms FROM tombstone"};
  Query add_tombstone{connection, "INSERT OR REPLACE INTO tombstone(hash, erased_at_ms) VALUES(?1, ?2)"};
  Query events{connection, "SELECT ifnull(sum(count), 0) FROM chunk WHERE id >= ?1 AND id < ?2"};
  Query chunks{connection, "DELETE FROM chunk WHERE id >= ?1 AND id < ?2"};
  Query strand{connection, "DELETE FROM strand WHERE id = ?1"};
  Query differing{connection, "DELETE FROM differing_copy WHERE stream = ?1"};
  Query decisions{connection, "DELETE FROM decision WHERE profile = ?1"};
  Query damage{connection, "DELETE FROM damaged_profile WHERE profile = ?1"};
  Query link{connection, "DELETE FROM link WHERE one = ?1 AND other = ?2"};
  Query uncount{connection,
                "UPDATE identifier SET links_all = links_all - 1, links_proved = links_proved - ?3 "
                "WHERE id IN (?1, ?2)"};
  Query cuts{connection,
             "DELETE FROM cut WHERE one = (SELECT public_id FROM identifier WHERE id = ?1) "
             "OR other = (SELECT public_id FROM identifier WHERE id = ?1)"};
  Query identifier{connection, "DELETE FROM identifier WHERE id = ?1"};
  Query unfinished{connection,
                   "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'erasure_unfinished'"};
  Query note_unfinished{connection,
                        "INSERT OR REPLACE INTO setting(name, value) VALUES('erasure_unfinished', ?1)"};
  Query note_finished{connection, "DELETE FROM setting WHERE name = 'erasure_unfinished'"};
};

ErasureRows::ErasureRows(Connection& connection) : sql_(std::make_unique<Statements>(connection)) {}
ErasureRows::~ErasureRows() = default;

Result<void> ErasureRows::load(Tombstones& tombstones) {
  const auto read_key = [](const Statement& row) {
    const auto bytes = row.blob(0);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  auto key = sql_->key.row(read_key);
  if (!key) return tl::unexpected(key.error());
  if (!*key) {
    Bytes made(kKeyBytes);
    if (RAND_bytes(made.data(), static_cast<int>(made.size())) != 1) {
      return failure(ErrorCode::io, "the system has no random bytes");
    }
    if (auto done = sql_->make_key.run(made); !done) return done;
    *key = std::string(made.begin(), made.end());
  }
  tombstones.begin(**key);
  auto all = sql_->tombstones.rows([](const Statement& row) {
    KeyedHash hash{};
    const auto bytes = row.blob(0);
    std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
    return std::pair(hash, row.integer(1));
  });
  if (!all) return tl::unexpected(all.error());
  for (const auto& [hash, erased_at_ms] : *all) tombstones.add(hash, erased_at_ms);
  return {};
}

Result<void> ErasureRows::add_tombstone(const KeyedHash& hash, std::int64_t erased_at_ms) {
  return sql_->add_tombstone.run(Bytes(hash.begin(), hash.end()), erased_at_ms);
}

Result<std::uint64_t> ErasureRows::remove_strand(StrandId strand) {
  const ChunkId first = strand * kChunksPerStrandMax;
  const ChunkId end = first + kChunksPerStrandMax;
  auto events = sql_->events.row([](const Statement& row) { return row.integer(0); }, first, end);
  if (!events) return tl::unexpected(events.error());
  if (auto done = sql_->chunks.run(first, end); !done) return tl::unexpected(done.error());
  if (auto done = sql_->strand.run(strand); !done) return tl::unexpected(done.error());
  return static_cast<std::uint64_t>(events->value_or(0));
}

Result<void> ErasureRows::remove_differing(NodeId stream) {
  return sql_->differing.run(stream);
}

Result<void> ErasureRows::remove_decisions(NodeId profile) {
  if (auto done = sql_->damage.run(profile); !done) return done;
  return sql_->decisions.run(profile);
}

Result<void> ErasureRows::remove_link(const StoredLink& link) {
  if (auto done = sql_->link.run(link.one, link.other); !done) return done;
  return sql_->uncount.run(link.one, link.other, link.evidence.proved ? 1 : 0);
}

Result<void> ErasureRows::remove_identifier(NodeId node, bool with_cuts) {
  if (with_cuts) {
    if (auto done = sql_->cuts.run(node); !done) return done;
  }
  return sql_->identifier.run(node);
}

Result<std::optional<std::uint64_t>> ErasureRows::unfinished() {
  return sql_->unfinished.row(
      [](const Statement& row) { return static_cast<std::uint64_t>(row.integer(0)); });
}

Result<void> ErasureRows::set_unfinished(std::uint64_t position) {
  sql_->gaps_from = 0;
  return sql_->note_unfinished.run(static_cast<std::int64_t>(position));
}

Result<void> ErasureRows::set_finished() {
  return sql_->note_finished.run();
}

Result<bool> ErasureRows::empty_log() {
  // Readers are not waited for in here: the writer has other work meanwhile.
  auto waiting = sql_->connection.integer("PRAGMA busy_timeout");
  if (!waiting) return tl::unexpected(waiting.error());
  if (auto done = sql_->connection.execute("PRAGMA busy_timeout=0"); !done)
    return tl::unexpected(done.error());
  auto busy = sql_->connection.integer("PRAGMA wal_checkpoint(TRUNCATE)", 1);
  auto restored = sql_->connection.execute("PRAGMA busy_timeout=" + std::to_string(*waiting));
  if (!restored) return tl::unexpected(restored.error());
  if (!busy) return tl::unexpected(busy.error());
  if (*busy != 0) return false;
  auto next = sql_->connection.overwrite_gaps(sql_->gaps_from);
  if (!next) return tl::unexpected(next.error());
  sql_->gaps_from = *next;
  return *next == 0;
}

}  // namespace desirepath::collector
