#include "collector/profile/rejected_rows.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/profile/query.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kColumns =
    "id, received_at_ms, source, trust, code, message, field, event, message_id, json, fate, settled_at_ms";

RejectedRecord record_of(const Statement& row) {
  RejectedRecord record;
  record.id = row.integer(0);
  record.received_at_ms = row.integer(1);
  record.source = row.text(2);
  record.trust = row.integer(3) == 0 ? Trust::claimed : Trust::proved;
  record.event = {std::string(row.text(4)), std::string(row.text(5)), std::string(row.text(6)),
                  std::string(row.text(7)), std::string(row.text(8)), {}};
  const auto json = row.blob(9);
  record.event.json.assign(json.begin(), json.end());
  if (!row.is_null(10)) {
    record.mark = RejectedMark{record.id, static_cast<RejectedMark::Fate>(row.integer(10)), row.integer(11)};
  }
  return record;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

struct RejectedRows::Statements {
  explicit Statements(Connection& connection)
      : insert(connection,
               "INSERT INTO rejected(received_at_ms, source, trust, code, message, field, event, message_id, "
               "json) "
               "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
        mark(connection, "UPDATE rejected SET fate = ?2, settled_at_ms = ?3 WHERE id = ?1 AND fate IS NULL"),
        discard(connection, "DELETE FROM rejected WHERE id = ?1"),
        // From the oldest on: the rows that are too many, too large together or too old.
        prune(connection,
              "DELETE FROM rejected WHERE id <= (SELECT ifnull(max(id), 0) FROM (SELECT id, received_at_ms, "
              "row_number() OVER newer AS place, sum(length(json)) OVER newer AS bytes FROM rejected WINDOW "
              "newer AS "
              "(ORDER BY id DESC)) WHERE place > ?1 OR bytes > ?2 OR received_at_ms < ?3)"),
        unsettled(connection, "SELECT count(*) FROM rejected WHERE fate IS NULL"),
        extent(connection,
               "SELECT count(*), ifnull(sum(length(json)), 0), ifnull(min(received_at_ms), 0) FROM rejected"),
        erase(connection, "DELETE FROM rejected WHERE instr(lower(CAST(json AS TEXT)), lower(?1)) > 0") {}
  Query insert;
  Query mark;
  Query discard;
  Query prune;
  Query unsettled;
  Query extent;
  Query erase;
};

RejectedRows::RejectedRows(Connection& connection)
    : connection_(connection), sql_(std::make_unique<Statements>(connection)) {}
RejectedRows::~RejectedRows() = default;

Result<void> RejectedRows::insert(const AcceptedBatch& batch, const RejectedEvent& event) {
  return sql_->insert.run(batch.received_at_ms, batch.source, static_cast<int>(batch.trust), event.code,
                          event.message, event.field, event.event, event.message_id, bytes_of(event.json));
}

Result<void> RejectedRows::settle(const RejectedMark& mark) {
  if (mark.fate == RejectedMark::Fate::discarded) return sql_->discard.run(mark.id);
  return sql_->mark.run(mark.id, static_cast<int>(mark.fate), mark.at_ms);
}

Result<void> RejectedRows::keep(const AcceptedBatch& batch) {
  for (const RejectedEvent& event : batch.rejected) {
    if (auto done = insert(batch, event); !done) return done;
  }
  for (const RejectedMark& mark : batch.marks) {
    if (auto done = settle(mark); !done) return done;
  }
  return {};
}

Result<std::uint64_t> RejectedRows::prune(const RejectedBounds& bounds, std::int64_t now_ms) {
  const std::int64_t oldest_ms = now_ms - bounds.age_max.count();
  const auto is_over = sql_->extent.row([&](const Statement& row) {
    return row.integer(0) > bounds.count_max || row.integer(1) > bounds.bytes_max ||
           row.integer(2) < oldest_ms;
  });
  if (!is_over) return tl::unexpected(is_over.error());
  if (!**is_over) return 0;
  const auto count = [&] { return sql_->unsettled.row([](const Statement& row) { return row.integer(0); }); };
  const auto before = count();
  if (!before) return tl::unexpected(before.error());
  if (auto done = sql_->prune.run(bounds.count_max, bounds.bytes_max, oldest_ms); !done) {
    return tl::unexpected(done.error());
  }
  const auto after = count();
  if (!after) return tl::unexpected(after.error());
  return static_cast<std::uint64_t>(**before - **after);
}

Result<std::vector<RejectedRecord>> RejectedRows::list(const RejectedFilter& filter, std::int64_t after,
                                                       std::size_t limit) {
  const std::string sql =
      "SELECT " + std::string(kColumns) +
      " FROM rejected WHERE id > ?1 AND (?2 = '' OR code = ?2) AND (?3 = '' OR event = ?3) "
      "AND (?4 = '' OR source = ?4) AND received_at_ms >= ?5 AND (?6 OR fate IS NULL) "
      "ORDER BY id LIMIT ?7";
  return Query(connection_, sql)
      .rows(record_of, after, filter.code, filter.event, filter.source, filter.since_ms, filter.with_settled,
            limit);
}

Result<std::optional<RejectedRecord>> RejectedRows::find(std::int64_t id) {
  const std::string sql = "SELECT " + std::string(kColumns) + " FROM rejected WHERE id = ?1";
  return Query(connection_, sql).row(record_of, id);
}

Result<std::vector<RejectedRecord>> RejectedRows::naming(std::string_view text, std::int64_t after,
                                                         std::size_t limit) {
  std::string quoted;
  append_json_string(quoted, text);
  const std::string sql = "SELECT " + std::string(kColumns) +
                          " FROM rejected WHERE id > ?1 AND instr(lower(CAST(json AS TEXT)), lower(?2)) > 0 "
                          "ORDER BY id LIMIT ?3";
  return Query(connection_, sql).rows(record_of, after, quoted, limit);
}

Result<std::uint64_t> RejectedRows::erase_naming(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  if (auto done = sql_->erase.run(quoted); !done) return tl::unexpected(done.error());
  return static_cast<std::uint64_t>(connection_.changes());
}

}  // namespace desirepath::collector
