#include "collector/profile/checkpoint_rows.hpp"

#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

std::uint64_t sum_of(std::span<const std::uint8_t> bytes) {
  return message_hash({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Bytes encode(const ProfileRecord& profile) {
  ByteWriter writer;
  writer.text(profile.programs);
  writer.signed_number(profile.tip.timestamp_ms);
  writer.text(profile.tip.message_id);
  writer.text(profile.tip.stream);
  writer.unsigned_number(profile.events);
  writer.signed_number(profile.first_ms);
  writer.signed_number(profile.last_ms);
  writer.unsigned_number(profile.is_proved ? 1 : 0);
  writer.blob(profile.traits.encode());
  writer.blob(profile.consents.encode());
  writer.unsigned_number(profile.states.size());
  for (const JourneyState& state : profile.states) {
    writer.text(state.journey);
    writer.blob(state.state);
  }
  return writer.take();
}

std::optional<ProfileRecord> decode(NodeId id, std::span<const std::uint8_t> bytes) {
  ByteReader reader(bytes);
  ProfileRecord profile;
  profile.id = id;
  profile.programs = reader.text();
  profile.tip.timestamp_ms = reader.signed_number();
  profile.tip.message_id = reader.text();
  profile.tip.stream = reader.text();
  profile.events = reader.unsigned_number();
  profile.first_ms = reader.signed_number();
  profile.last_ms = reader.signed_number();
  profile.is_proved = reader.unsigned_number() != 0;
  auto traits = TraitBook::decode(reader.blob());
  auto consents = ConsentBook::decode(reader.blob());
  if (!traits || !consents) return std::nullopt;
  profile.traits = *std::move(traits);
  profile.consents = *std::move(consents);
  for (std::uint64_t left = reader.unsigned_number(); left > 0 && reader.ok(); --left) {
    JourneyState state;
    state.journey = reader.text();
    const auto blob = reader.blob();
    state.state.assign(blob.begin(), blob.end());
    profile.states.push_back(std::move(state));
  }
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return profile;
}

}  // namespace

struct CheckpointRows::Statements {
  explicit Statements(Connection& database) : connection(database) {}

  Connection& connection;
  Query heads{connection,
              "SELECT time_ms, events, bytes FROM checkpoint WHERE profile = ?1 ORDER BY time_ms"};
  Query load{connection, "SELECT sum, record FROM checkpoint WHERE profile = ?1 AND time_ms = ?2"};
  Query save{connection,
             "INSERT OR REPLACE INTO checkpoint(profile, time_ms, events, bytes, sum, record) "
             "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"};
  Query remove{connection, "DELETE FROM checkpoint WHERE profile = ?1 AND time_ms = ?2"};
  Query remove_from{connection, "DELETE FROM checkpoint WHERE profile = ?1 AND time_ms >= ?2"};
};

CheckpointRows::CheckpointRows(Connection& connection) : sql_(std::make_unique<Statements>(connection)) {}
CheckpointRows::~CheckpointRows() = default;

Result<std::vector<CheckpointHead>> CheckpointRows::heads(NodeId profile) {
  return sql_->heads.rows(
      [](const Statement& row) {
        return CheckpointHead{row.integer(0), static_cast<std::uint64_t>(row.integer(1)),
                              static_cast<std::size_t>(row.integer(2))};
      },
      profile);
}

Result<std::optional<ProfileRecord>> CheckpointRows::load(NodeId profile, std::int64_t time_ms) {
  auto found = sql_->load.row(
      [&](const Statement& row) -> std::optional<ProfileRecord> {
        const auto bytes = row.blob(1);
        if (sum_of(bytes) != static_cast<std::uint64_t>(row.integer(0))) return std::nullopt;
        return decode(profile, bytes);
      },
      profile, time_ms);
  if (!found) return tl::unexpected(found.error());
  return *found ? **std::move(found) : std::optional<ProfileRecord>{};
}

Result<std::size_t> CheckpointRows::save(const ProfileRecord& profile) {
  const Bytes bytes = encode(profile);
  auto done = sql_->save.run(profile.id, profile.last_ms, profile.events, bytes.size(),
                             static_cast<std::int64_t>(sum_of(bytes)), bytes);
  if (!done) return tl::unexpected(done.error());
  return bytes.size();
}

Result<void> CheckpointRows::remove(NodeId profile, std::int64_t time_ms) {
  return sql_->remove.run(profile, time_ms);
}

Result<void> CheckpointRows::remove_from(NodeId profile, std::int64_t time_ms) {
  return sql_->remove_from.run(profile, time_ms);
}

}  // namespace desirepath::collector
