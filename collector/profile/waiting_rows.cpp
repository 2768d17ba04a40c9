#include "collector/profile/waiting_rows.hpp"

#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

WaitingRefold read_waiting(const Statement& row) {
  return {row.integer(0), row.integer(1), std::string(row.text(2))};
}

}  // namespace

struct WaitingRows::Statements {
  explicit Statements(Connection& database) : connection(database) {}

  Connection& connection;
  Query add{connection, "INSERT OR REPLACE INTO waiting_refold(profile, due_ms, stream) VALUES(?1, ?2, ?3)"};
  Query sleep{connection, "UPDATE profile SET next_wake_ms = NULL WHERE id = ?1"};
  Query remove{connection, "DELETE FROM waiting_refold WHERE profile = ?1"};
  Query of{connection, "SELECT profile, due_ms, stream FROM waiting_refold WHERE profile = ?1"};
  Query due{connection,
            "SELECT profile, due_ms, stream FROM waiting_refold WHERE due_ms <= ?1 ORDER BY due_ms, profile "
            "LIMIT ?2"};
  Query count{connection, "SELECT count(*) FROM waiting_refold"};
  Query next_due{connection, "SELECT due_ms FROM waiting_refold ORDER BY due_ms LIMIT 1"};
};

WaitingRows::WaitingRows(Connection& connection) : sql_(std::make_unique<Statements>(connection)) {}
WaitingRows::~WaitingRows() = default;

Result<void> WaitingRows::add(const WaitingRefold& waiting) {
  if (auto done = sql_->add.run(waiting.profile, waiting.due_ms, waiting.stream); !done) return done;
  return sql_->sleep.run(waiting.profile);
}

Result<void> WaitingRows::remove(NodeId profile) {
  return sql_->remove.run(profile);
}

Result<std::optional<WaitingRefold>> WaitingRows::of(NodeId profile) {
  return sql_->of.row(read_waiting, profile);
}

Result<std::vector<WaitingRefold>> WaitingRows::due(std::int64_t now_ms, std::size_t limit) {
  return sql_->due.rows(read_waiting, now_ms, limit);
}

Result<std::uint64_t> WaitingRows::count() {
  auto found =
      sql_->count.row([](const Statement& row) { return static_cast<std::uint64_t>(row.integer(0)); });
  if (!found) return tl::unexpected(found.error());
  return found->value_or(0);
}

Result<std::int64_t> WaitingRows::next_due_ms() {
  auto found = sql_->next_due.row([](const Statement& row) { return row.integer(0); });
  if (!found) return tl::unexpected(found.error());
  return found->value_or(INT64_MAX);
}

}  // namespace desirepath::collector
