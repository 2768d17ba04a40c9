#include "collector/profile/strand_rows.hpp"

#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

StrandRecord read_strand(const Statement& row) {
  return {row.integer(0), row.integer(1), row.integer(2),
          row.integer(3) == 1 ? Trust::proved : Trust::claimed, row.integer(4)};
}

Bytes read_blob(const Statement& row, int column) {
  const auto blob = row.blob(column);
  return Bytes(blob.begin(), blob.end());
}

}  // namespace

struct StrandRows::Statements {
  explicit Statements(Connection& database) : connection(database) {}

  Connection& connection;
  Query of_stream{connection,
                  "SELECT id, stream, owner, trust, swept_ms FROM strand WHERE stream = ?1 ORDER BY id"};
  Query of_owner{connection,
                 "SELECT id, stream, owner, trust, swept_ms FROM strand WHERE owner = ?1 ORDER BY id"};
  Query after{connection,
              "SELECT id, stream, owner, trust, swept_ms FROM strand WHERE id > ?1 ORDER BY id LIMIT ?2"};
  Query insert{connection, "INSERT INTO strand(stream, owner, trust) VALUES(?1, ?2, ?3)"};
  Query note_swept{connection, "UPDATE strand SET swept_ms = max(swept_ms, ?2) WHERE id = ?1"};
  Query chunks{connection,
               "SELECT id, first_ms, last_ms, count, bytes, position FROM chunk "
               "WHERE id >= ?1 AND id < ?2 ORDER BY id"};
  Query begins_before{connection, "SELECT 1 FROM chunk WHERE id >= ?1 AND id < ?2 AND first_ms < ?3 LIMIT 1"};
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
  Query remove_differing{connection,
                         "DELETE FROM differing_copy WHERE received_at_ms < ?1 AND id IN "
                         "(SELECT id FROM differing_copy ORDER BY id LIMIT ?2)"};
  Query differing_of{connection,
                     "SELECT received_at_ms, json FROM differing_copy WHERE stream = ?1 ORDER BY id"};
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

Result<void> StrandRows::note_swept(StrandId strand, std::int64_t swept_ms) {
  return sql_->note_swept.run(strand, swept_ms);
}

Result<std::vector<DifferingCopy>> StrandRows::differing_of(NodeId stream) {
  return sql_->differing_of.rows(
      [](const Statement& row) {
        return DifferingCopy{row.integer(0), std::string(row.text(1))};
      },
      stream);
}

Result<std::uint64_t> StrandRows::remove_differing_before(std::int64_t received_ms, std::size_t limit) {
  if (auto done = sql_->remove_differing.run(received_ms, limit); !done) return tl::unexpected(done.error());
  return static_cast<std::uint64_t>(sql_->connection.changes());
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

Result<bool> StrandRows::begins_before(StrandId strand, std::int64_t time_ms) {
  auto found = sql_->begins_before.row([](const Statement&) { return true; }, strand * kChunksPerStrandMax,
                                       (strand + 1) * kChunksPerStrandMax, time_ms);
  if (!found) return tl::unexpected(found.error());
  return found->has_value();
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
