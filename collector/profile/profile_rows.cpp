#include "collector/profile/profile_rows.hpp"

#include <algorithm>

#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

Bytes encode_states(const std::vector<JourneyState>& states) {
  ByteWriter writer;
  for (const JourneyState& state : states) {
    writer.text(state.journey);
    writer.blob(state.state);
  }
  return writer.take();
}

Result<std::vector<JourneyState>> decode_states(std::span<const std::uint8_t> bytes) {
  std::vector<JourneyState> states;
  ByteReader reader(bytes);
  while (!reader.at_end()) {
    JourneyState state;
    state.journey = reader.text();
    const auto blob = reader.blob();
    state.state.assign(blob.begin(), blob.end());
    if (!reader.ok()) {
      return failure(ErrorCode::storage, "profile store: a profile's states are damaged", kDamagedProfile);
    }
    states.push_back(std::move(state));
  }
  return states;
}

Result<ProfileRecord> read_profile(const Statement& row) {
  ProfileRecord profile;
  profile.id = row.integer(0);
  profile.programs = row.text(1);
  profile.tip = {row.integer(2), std::string(row.text(3)), std::string(row.text(4))};
  profile.events = static_cast<std::uint64_t>(row.integer(5));
  profile.first_ms = row.integer(6);
  profile.last_ms = row.integer(7);
  profile.next_wake_ms = row.is_null(8) ? kNoWake : row.integer(8);
  auto states = decode_states(row.blob(10));
  if (!states) return tl::unexpected(states.error());
  profile.states = *std::move(states);
  profile.position = static_cast<std::uint64_t>(row.integer(9));
  auto traits = TraitBook::decode(row.blob(11));
  if (!traits) return tl::unexpected(traits.error());
  profile.traits = *std::move(traits);
  profile.is_proved = row.integer(12) != 0;
  auto consents = ConsentBook::decode(row.blob(13));
  if (!consents) return tl::unexpected(consents.error());
  profile.consents = *std::move(consents);
  return profile;
}

DecisionRecord read_decision(const Statement& row) {
  DecisionRecord decision;
  decision.row = row.integer(0);
  decision.decision_id = row.text(1);
  decision.journey = row.text(2);
  decision.trigger = row.text(3);
  decision.channel = row.text(4);
  decision.slot = row.text(5);
  decision.message_id = row.text(6);
  decision.reason = row.text(7);
  decision.fired = row.integer(8) != 0;
  decision.time_ms = row.integer(9);
  decision.woken = row.integer(10) != 0;
  decision.place = static_cast<std::uint32_t>(row.integer(11));
  decision.revision = static_cast<std::uint64_t>(row.integer(12));
  decision.retracted = row.integer(13) != 0;
  decision.treatment = row.text(14);
  decision.position = static_cast<std::uint64_t>(row.integer(15));
  return decision;
}

NodeId read_id(const Statement& row) {
  return row.integer(0);
}

}  // namespace

struct ProfileRows::Statements {
  explicit Statements(Connection& database) : connection(database) {}

  Connection& connection;
  Query load{connection,
             "SELECT id, programs, tip_ms, tip_id, tip_stream, events, first_ms, last_ms, next_wake_ms, "
             "position, states, traits, proved, consents "
             "FROM profile WHERE id = ?1"};
  Query save{
      connection,
      "INSERT OR REPLACE INTO profile(id, programs, tip_ms, tip_id, tip_stream, events, first_ms, last_ms, "
      "next_wake_ms, position, states, traits, proved, consents) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULLIF(?9, 9223372036854775807), ?10, ?11, ?12, ?13, ?14)"};
  Query set_aside{connection,
                  "INSERT OR REPLACE INTO damaged_profile(profile, since_ms, why) VALUES(?1, ?2, ?3)"};
  Query make_stale{connection, "UPDATE profile SET next_wake_ms = NULL, programs = '' WHERE id = ?1"};
  Query take_back{connection, "DELETE FROM damaged_profile WHERE profile = ?1"};
  Query damaged{connection, "SELECT profile, since_ms, why FROM damaged_profile ORDER BY profile"};
  Query retry_damaged{connection, "DELETE FROM damaged_profile"};
  Query last_id{connection, "SELECT ifnull(max(id), 0) FROM profile"};
  Query remove{connection, "DELETE FROM profile WHERE id = ?1"};
  Query remove_checkpoints{connection, "DELETE FROM checkpoint WHERE profile = ?1"};
  Query remove_waiting{connection, "DELETE FROM waiting_refold WHERE profile = ?1"};
  Query note_gone{connection,
                  "INSERT OR REPLACE INTO profile_gone(public_id, position) "
                  "SELECT i.public_id, ?2 FROM identifier i JOIN profile p ON p.id = i.id WHERE i.id = ?1"};
  Query gone{connection,
             "SELECT public_id FROM profile_gone g WHERE public_id > ?1 AND position > ?2 AND NOT EXISTS "
             "(SELECT 1 FROM identifier i JOIN profile p ON p.id = i.id "
             "WHERE substr(i.public_id, 1, 8) = substr(g.public_id, 1, 8) AND i.public_id = g.public_id) "
             "ORDER BY public_id LIMIT ?3"};
  Query due{connection, "SELECT id FROM profile WHERE next_wake_ms <= ?1 ORDER BY next_wake_ms, id LIMIT ?2"};
  Query next_wake{
      connection,
      "SELECT next_wake_ms FROM profile WHERE next_wake_ms IS NOT NULL ORDER BY next_wake_ms LIMIT 1"};
  Query made_by_others{connection,
                       "SELECT id FROM profile WHERE id > ?2 AND id <= ?4 AND programs <> ?1 AND "
                       "id NOT IN (SELECT profile FROM damaged_profile) ORDER BY id LIMIT ?3"};
  Query list{connection,
             "SELECT p.id, i.public_id FROM identifier i JOIN profile p ON p.id = i.id "
             "WHERE substr(i.public_id, 1, 8) >= substr(?1, 1, 8) AND i.public_id > ?1 AND p.position > ?2 "
             "ORDER BY substr(i.public_id, 1, 8), i.public_id LIMIT ?3"};
  Query decisions{
      connection,
      "SELECT id, decision_id, journey, trigger_id, channel, slot, message_id, reason, fired, time_ms, "
      "woken, place, revision, retracted, treatment, position FROM decision WHERE profile = ?1"};
  Query decisions_after{
      connection,
      "SELECT id, decision_id, journey, trigger_id, channel, slot, message_id, reason, fired, time_ms, "
      "woken, place, revision, retracted, treatment, position FROM decision WHERE profile = ?1 AND time_ms > "
      "?2 AND time_ms <= ?3"};
  Query open_decisions{
      connection,
      "SELECT id, decision_id, journey, trigger_id, channel, slot, message_id, reason, fired, time_ms, "
      "woken, place, revision, retracted, treatment, position FROM decision INDEXED BY decision_in_time "
      "WHERE profile = ?1 AND time_ms > ?2 UNION ALL "
      "SELECT id, decision_id, journey, trigger_id, channel, slot, message_id, reason, fired, time_ms, "
      "woken, place, revision, retracted, treatment, position FROM decision INDEXED BY decision_retracted "
      "WHERE profile = ?1 AND retracted = 1 AND time_ms <= ?2"};
  Query decision_time{connection,
                      "SELECT max(time_ms) FROM (SELECT time_ms FROM decision WHERE profile = ?1 AND "
                      "time_ms > ?2 ORDER BY time_ms LIMIT ?3)"};
  Query remove_decisions{connection,
                         "DELETE FROM decision WHERE id IN (SELECT id FROM decision WHERE profile > ?1 AND "
                         "profile <= ?2 AND time_ms < ?3)"};
  Query insert_decision{
      connection,
      "INSERT INTO decision(profile, decision_id, journey, trigger_id, channel, slot, message_id, "
      "reason, fired, time_ms, woken, place, revision, retracted, treatment, position) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"};
  Query touch_decision{connection,
                       "UPDATE decision SET position = ?3 WHERE profile = ?1 AND decision_id = ?2"};
  Query touch_profile{connection, "UPDATE profile SET position = ?2 WHERE id = ?1"};
  Query update_decision{
      connection,
      "UPDATE decision SET profile = ?1, message_id = ?2, reason = ?3, fired = ?4, time_ms = ?5, "
      "woken = ?6, place = ?7, revision = ?8, retracted = ?9, treatment = ?10, position = ?11 WHERE id = "
      "?12"};
};

ProfileRows::ProfileRows(Connection& connection) : sql_(std::make_unique<Statements>(connection)) {}
ProfileRows::~ProfileRows() = default;

Result<std::optional<ProfileRecord>> ProfileRows::load(NodeId id) {
  auto found = sql_->load.row(read_profile, id);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<ProfileRecord>{};
  if (!**found) return tl::unexpected((*found)->error());
  return std::optional<ProfileRecord>(***std::move(found));
}

Result<void> ProfileRows::save(const ProfileRecord& profile) {
  return sql_->save.run(profile.id, profile.programs, profile.tip.timestamp_ms, profile.tip.message_id,
                        profile.tip.stream, profile.events, profile.first_ms, profile.last_ms,
                        profile.next_wake_ms, profile.position, encode_states(profile.states),
                        profile.traits.encode(), profile.is_proved, profile.consents.encode());
}

Result<void> ProfileRows::remove(NodeId id, std::uint64_t position) {
  if (auto done = sql_->note_gone.run(id, position); !done) return done;
  if (auto done = sql_->remove_checkpoints.run(id); !done) return done;
  if (auto done = sql_->remove_waiting.run(id); !done) return done;
  return sql_->remove.run(id);
}

Result<void> ProfileRows::set_aside(const Damaged& damaged) {
  if (auto done = sql_->set_aside.run(damaged.id, damaged.since_ms, damaged.why); !done) return done;
  return sql_->make_stale.run(damaged.id);
}

Result<void> ProfileRows::take_back(NodeId id) {
  return sql_->take_back.run(id);
}

Result<std::vector<ProfileRows::Damaged>> ProfileRows::damaged() {
  return sql_->damaged.rows([](const Statement& row) {
    return Damaged{row.integer(0), row.integer(1), std::string(row.text(2))};
  });
}

Result<void> ProfileRows::retry_damaged() {
  return sql_->retry_damaged.run();
}

Result<std::vector<NodeId>> ProfileRows::due(std::int64_t now_ms, std::size_t limit) {
  return sql_->due.rows(read_id, now_ms, limit);
}

Result<std::int64_t> ProfileRows::next_wake_ms() {
  auto found = sql_->next_wake.row(read_id);
  if (!found) return tl::unexpected(found.error());
  return found->value_or(kNoWake);
}

Result<std::vector<NodeId>> ProfileRows::made_by_others(std::string_view programs, NodeId after, NodeId until,
                                                        std::size_t limit) {
  return sql_->made_by_others.rows(read_id, programs, after, limit, until);
}

Result<NodeId> ProfileRows::last_id() {
  auto found = sql_->last_id.row(read_id);
  if (!found) return tl::unexpected(found.error());
  return found->value_or(0);
}

Result<std::vector<ProfileRows::Listed>> ProfileRows::list(std::string_view after, std::uint64_t position,
                                                           std::size_t limit) {
  return sql_->list.rows(
      [](const Statement& row) {
        return Listed{row.integer(0), std::string(row.text(1))};
      },
      after, position, limit);
}

Result<std::vector<std::string>> ProfileRows::gone(std::string_view after, std::uint64_t position,
                                                   std::size_t limit) {
  return sql_->gone.rows([](const Statement& row) { return std::string(row.text(0)); }, after, position,
                         limit);
}

Result<std::vector<DecisionRecord>> ProfileRows::decisions(NodeId profile) {
  auto found = sql_->decisions.rows(read_decision, profile);
  if (!found) return found;
  std::sort(found->begin(), found->end(), [](const auto& a, const auto& b) { return a.before(b); });
  return found;
}

Result<std::vector<DecisionRecord>> ProfileRows::decisions_after(NodeId profile, std::int64_t time_ms,
                                                                 std::size_t limit) {
  auto last = sql_->decision_time.row(
      [](const Statement& row) { return row.is_null(0) ? INT64_MIN : row.integer(0); }, profile, time_ms,
      limit);
  if (!last) return tl::unexpected(last.error());
  auto found = sql_->decisions_after.rows(read_decision, profile, time_ms, last->value_or(INT64_MIN));
  if (!found) return found;
  std::sort(found->begin(), found->end(), [](const auto& a, const auto& b) { return a.before(b); });
  return found;
}

Result<std::vector<DecisionRecord>> ProfileRows::open_decisions(NodeId profile, std::int64_t time_ms) {
  auto found = sql_->open_decisions.rows(read_decision, profile, time_ms);
  if (!found) return found;
  std::sort(found->begin(), found->end(), [](const auto& a, const auto& b) { return a.before(b); });
  return found;
}

Result<std::uint64_t> ProfileRows::remove_decisions_before(std::int64_t time_ms, NodeId after, NodeId until) {
  if (auto done = sql_->remove_decisions.run(after, until, time_ms); !done)
    return tl::unexpected(done.error());
  return static_cast<std::uint64_t>(sql_->connection.changes());
}

Result<void> ProfileRows::insert_decision(NodeId profile, const DecisionRecord& decision) {
  return sql_->insert_decision.run(
      profile, decision.decision_id, decision.journey, decision.trigger, decision.channel, decision.slot,
      decision.message_id, decision.reason, decision.fired, decision.time_ms, decision.woken, decision.place,
      decision.revision, decision.retracted, decision.treatment, decision.position);
}

Result<void> ProfileRows::touch_decision(NodeId profile, std::string_view decision_id,
                                         std::uint64_t position) {
  if (auto done = sql_->touch_decision.run(profile, decision_id, position); !done) return done;
  return sql_->touch_profile.run(profile, position);
}

Result<void> ProfileRows::update_decision(NodeId profile, const DecisionRecord& decision) {
  return sql_->update_decision.run(profile, decision.message_id, decision.reason, decision.fired,
                                   decision.time_ms, decision.woken, decision.place, decision.revision,
                                   decision.retracted, decision.treatment, decision.position, decision.row);
}

}  // namespace desirepath::collector
