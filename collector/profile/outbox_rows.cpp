#include "collector/profile/outbox_rows.hpp"

#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

constexpr const char* kStates[] = {"waiting", "held", "withdrawn", "delivered", "released", "unknown"};
constexpr std::int64_t kAnyState = -1;

OutboxRow read_row(const Statement& row) {
  OutboxRow out;
  out.id = row.integer(0);
  out.decision_id = row.text(1);
  out.person = {std::string(row.text(2)), std::string(row.text(3)),
                row.integer(4) == 1 ? Trust::proved : Trust::claimed};
  out.journey = row.text(5);
  out.trigger = row.text(6);
  out.channel = row.text(7);
  out.destination = row.text(8);
  out.purpose = row.text(9);
  out.promise = row.text(10);
  out.treatment = row.text(11);
  out.content = row.text(12);
  out.decided_ms = row.integer(13);
  out.not_before_ms = row.integer(14);
  out.state = static_cast<OutboxState>(row.integer(15));
  out.reason = row.text(16);
  out.attempts = static_cast<std::uint32_t>(row.integer(17));
  out.next_attempt_ms = row.integer(18);
  out.settled_ms = row.integer(19);
  return out;
}

}  // namespace

const char* to_string(OutboxState state) noexcept {
  return kStates[static_cast<std::size_t>(state)];
}

struct OutboxRows::Statements {
  explicit Statements(Connection& connection) : database(connection) {}

  Connection& database;
  Query insert{
      database,
      "INSERT INTO outbox(decision_id, stream, owner, trust, journey, trigger_id, channel, "
      "destination, purpose, promise, treatment, content, decided_ms, not_before_ms, state, reason, "
      "attempts, next_attempt_ms, settled_ms) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"};
  Query of_decision{
      database,
      "SELECT id, decision_id, stream, owner, trust, journey, trigger_id, channel, destination, "
      "purpose, promise, treatment, content, decided_ms, not_before_ms, state, reason, attempts, "
      "next_attempt_ms, settled_ms FROM outbox WHERE decision_id = ?1 ORDER BY id"};
  Query settle{database, "UPDATE outbox SET state = ?2, settled_ms = ?3 WHERE id = ?1"};
  Query hold{database, "UPDATE outbox SET state = ?2, reason = ?3, settled_ms = ?4 WHERE id = ?1"};
  Query forget_waiting{database, "UPDATE outbox SET state = ?1, settled_ms = ?2 WHERE state = ?3"};
  Query list{
      database,
      "SELECT id, decision_id, stream, owner, trust, journey, trigger_id, channel, destination, purpose, "
      "promise, treatment, content, decided_ms, not_before_ms, state, reason, attempts, next_attempt_ms, "
      "settled_ms FROM outbox WHERE id > ?1 AND (?2 = -1 OR state = ?2) ORDER BY id LIMIT ?3"};
  Query of_person{
      database,
      "SELECT id, decision_id, stream, owner, trust, journey, trigger_id, channel, destination, "
      "purpose, promise, treatment, content, decided_ms, not_before_ms, state, reason, attempts, "
      "next_attempt_ms, settled_ms FROM outbox WHERE stream = ?1 AND owner = ?2 AND trust = ?3 ORDER BY id"};
  Query remove_before{database,
                      "DELETE FROM outbox WHERE decided_ms < ?1 AND id IN (SELECT id FROM outbox ORDER BY id "
                      "LIMIT ?2)"};
  Query erase{database, "DELETE FROM outbox WHERE stream = ?1 AND owner = ?2"};
};

OutboxRows::OutboxRows(Connection& connection) : sql_(std::make_unique<Statements>(connection)) {}
OutboxRows::~OutboxRows() = default;

Result<void> OutboxRows::insert(const OutboxRow& row) {
  return sql_->insert.run(row.decision_id, row.person.stream, row.person.owner,
                          row.person.trust == Trust::proved ? 1 : 0, row.journey, row.trigger, row.channel,
                          row.destination, row.purpose, row.promise, row.treatment, row.content,
                          row.decided_ms, row.not_before_ms, static_cast<std::int64_t>(row.state), row.reason,
                          static_cast<std::int64_t>(row.attempts), row.next_attempt_ms, row.settled_ms);
}

Result<std::vector<OutboxRow>> OutboxRows::of_decision(std::string_view decision_id) {
  return sql_->of_decision.rows(read_row, decision_id);
}

Result<void> OutboxRows::settle(std::int64_t id, OutboxState state, std::int64_t now_ms) {
  return sql_->settle.run(id, static_cast<std::int64_t>(state), now_ms);
}

Result<void> OutboxRows::hold(std::int64_t id, std::string_view reason, std::int64_t now_ms) {
  return sql_->hold.run(id, static_cast<std::int64_t>(OutboxState::held), reason, now_ms);
}

Result<std::uint64_t> OutboxRows::forget_waiting(std::int64_t now_ms) {
  auto done = sql_->forget_waiting.run(static_cast<std::int64_t>(OutboxState::unknown), now_ms,
                                       static_cast<std::int64_t>(OutboxState::waiting));
  if (!done) return tl::unexpected(done.error());
  return static_cast<std::uint64_t>(sql_->database.changes());
}

Result<std::vector<OutboxRow>> OutboxRows::list(std::int64_t after, std::optional<OutboxState> state,
                                                std::size_t limit) {
  return sql_->list.rows(read_row, after, state ? static_cast<std::int64_t>(*state) : kAnyState, limit);
}

Result<std::vector<OutboxRow>> OutboxRows::of_person(const OutboxPerson& person) {
  return sql_->of_person.rows(read_row, person.stream, person.owner, person.trust == Trust::proved ? 1 : 0);
}

Result<std::uint64_t> OutboxRows::remove_before(std::int64_t decided_ms, std::size_t limit) {
  if (auto done = sql_->remove_before.run(decided_ms, limit); !done) return tl::unexpected(done.error());
  return static_cast<std::uint64_t>(sql_->database.changes());
}

Result<void> OutboxRows::erase(std::string_view stream, std::string_view owner) {
  return sql_->erase.run(stream, owner);
}

}  // namespace desirepath::collector
