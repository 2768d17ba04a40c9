#include "collector/profile/strand_rows.hpp"

#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

StrandRecord read_strand(const Statement& row) {
  return {row.integer(0), row.integer(1), row.integer(2),
          row.integer(3) == 1 ? Trust::proved : Trust::claimed};
}

Bytes read_blob(const Statement& row, int column) {
  const auto blob = row.blob(column);
  return Bytes(blob.begin(), blob.end());
}

}  // namespace

struct StrandRows::Statements {
  explicit Statements(Connection& database) : connection(database) {}

  Connection& connection;
  Query of_stream{connection, "SELECT id, stream, owner, trust FROM strand WHERE stream = ?1 ORDER BY id"};
  Query of_owner{connection, "SELECT id, stream, owner, trust FROM strand WHERE owner = ?1 ORDER BY id"};
  Query after{connection, "SELECT id, stream, owner, trust FROM strand WHERE id > ?1 ORDER BY id LIMIT ?2"};
  Query insert{connection, "INSERT INTO strand(stream, owner, trust) VALUES(?1, ?2, ?3)"};
  Query chunks{connection,
               "SELECT id, first_ms, last_ms, count, bytes, position FROM chunk "
               "WHERE id >= ?1 AND id < ?2 ORDER BY id"};
  Query hashes{connection, "SELECT hashes FROM chunk WHERE id = ?1"};
  Query events{connection, "SELECT events FROM chunk WHERE id = ?1"};
  Query events_json{connection, "SELECT events, json FROM chunk WHERE id = ?1"};
  Query write{
      connection,
      "INSERT OR REPLACE INTO chunk(id, first_ms, last_ms, count, bytes, position, hashes, events, json) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
  Query append{connection,
               "UPDATE chunk SET last_ms = max(last_ms, ?2), count = count + ?3, bytes = bytes + ?4, "
               "position = max(position, ?5), hashes = CAST(hashes || ?6 AS BLOB), "
               "events = CAST(events || ?7 AS BLOB), json = CAST(json || ?8 AS BLOB) WHERE id = ?1"};
  Query remove{connection, "DELETE FROM chunk WHERE id = ?1"};
  Query differing{
      connection,
      "INSERT INTO differing_copy(stream, message_id, received_at_ms, json) VALUES(?1, ?2, ?3, ?4)"};
  Query differing_count{connection, "SELECT count(*) FROM differing_copy"};
};

StrandRows::StrandRows(Connection& connection) : sql_(std::make_unique<Statements>(connection)) {}
StrandRows::~StrandRows() = default;

Result<std::vector<StrandRecord>> StrandRows::of_stream(NodeId stream) {
  return sql_->of_stream.rows(read_strand, stream);
}
Result<std::vector<StrandRecord>> StrandRows::of_owner(NodeId owner) {
  return sql_->of_owner.rows(read_strand, owner);
}
Result<std::vector<StrandRecord>> StrandRows::after(StrandId after, std::size_t limit) {
  return sql_->after.rows(read_strand, after, limit);
}

Result<StrandId> StrandRows::insert(const StrandRecord& strand) {
  auto done = sql_->insert.run(strand.stream, strand.owner, strand.trust == Trust::proved ? 1 : 0);
  if (!done) return tl::unexpected(done.error());
  return sql_->connection.last_insert_rowid();
}

Result<std::vector<ChunkHead>> StrandRows::chunks(StrandId strand) {
  return sql_->chunks.rows(
      [](const Statement& row) {
        return ChunkHead{row.integer(0),
                         row.integer(1),
                         row.integer(2),
                         static_cast<std::uint32_t>(row.integer(3)),
                         static_cast<std::uint32_t>(row.integer(4)),
                         static_cast<std::uint64_t>(row.integer(5))};
      },
      strand * kChunksPerStrandMax, (strand + 1) * kChunksPerStrandMax);
}

Result<Bytes> StrandRows::hashes(ChunkId chunk) {
  auto found = sql_->hashes.row([](const Statement& row) { return read_blob(row, 0); }, chunk);
  if (!found) return tl::unexpected(found.error());
  return found->value_or(Bytes{});
}

Result<std::vector<StoredEvent>> StrandRows::read(ChunkId chunk, bool with_json) {
  std::vector<StoredEvent> none;
  auto found = (with_json ? sql_->events_json : sql_->events)
                   .row(
                       [&](const Statement& row) -> Result<std::vector<StoredEvent>> {
                         auto events = ChunkCodec::decode(row.blob(0));
                         if (!events || !with_json) return events;
                         if (auto done = ChunkCodec::add_json(row.blob(1), *events); !done) {
                           return tl::unexpected(done.error());
                         }
                         return events;
                       },
                       chunk);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return none;
  return **std::move(found);
}

Result<void> StrandRows::write(ChunkId chunk, const EncodedChunk& encoded) {
  return sql_->write.run(chunk, encoded.first_ms, encoded.last_ms, encoded.count, encoded.events.size(),
                         encoded.position, encoded.hashes, encoded.events, encoded.json);
}

Result<void> StrandRows::append(ChunkId chunk, const EncodedChunk& segment) {
  return sql_->append.run(chunk, segment.last_ms, segment.count, segment.events.size(), segment.position,
                          segment.hashes, segment.events, segment.json);
}

Result<void> StrandRows::remove(ChunkId chunk) {
  return sql_->remove.run(chunk);
}

Result<void> StrandRows::remember_differing(NodeId stream, const StoredEvent& event) {
  return sql_->differing.run(stream, event.message_id, event.received_at_ms, accepted_json(event));
}

Result<std::uint64_t> StrandRows::differing_count() {
  auto found = sql_->differing_count.row(
      [](const Statement& row) { return static_cast<std::uint64_t>(row.integer(0)); });
  if (!found) return tl::unexpected(found.error());
  return found->value_or(0);
}

}  // namespace desirepath::collector
