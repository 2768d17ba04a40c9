#include "collector/profile/store_rebuild.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "collector/profile/profile_store.hpp"
#include "collector/profile/query.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRules = "rebuild_rules";
constexpr std::string_view kAfter = "rebuild_after";
constexpr std::string_view kPosition = "rebuild_position";

// The rebuilt store stands this far ahead in its history, so that whoever has read the served one up to
// anywhere sees all of it as changed: more than the transactions that go by meanwhile.
constexpr std::uint64_t kPositionsAhead = 1'000'000;

// Tables that are made from events, say which profiles there were, or are taken over row by row.
constexpr std::string_view kMadeAnew[] = {"identifier", "link",           "strand",       "chunk",
                                          "profile",    "differing_copy", "decision",     "damaged_profile",
                                          "checkpoint", "waiting_refold", "profile_gone", "setting"};
constexpr std::string_view kTakenOver[] = {"cut",       "journey",       "rejected",    "outbox",
                                           "tombstone", "tombstone_key", "suppression", "sqlite_sequence"};

constexpr const char* kDecisionColumns =
    "decision_id, journey, trigger_id, channel, slot, message_id, reason, fired, time_ms, woken, place, "
    "revision, retracted, treatment";

fs::path file_beside(const fs::path& served) {
  return served.parent_path() / "rebuild.db";
}

std::string quoted(const std::string& text) {
  std::string sql = "'";
  for (const char c : text) sql.append(c == '\'' ? "''" : std::string(1, c));
  return sql + "'";
}

}  // namespace

StoreRebuild::StoreRebuild(std::unique_ptr<ProfileSession> session) : session_(std::move(session)) {}
StoreRebuild::~StoreRebuild() = default;

void StoreRebuild::discard(const fs::path& served) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::path file = file_beside(served);
    file += suffix;
    std::error_code error;
    fs::remove(file, error);
  }
}

Result<std::unique_ptr<StoreRebuild>> StoreRebuild::attach(const fs::path& served) {
  auto session = ProfileSession::open(file_beside(served), true);
  if (!session) return tl::unexpected(session.error());
  auto done = (*session)->connection_->execute("ATTACH DATABASE " + quoted(served.string()) + " AS served");
  if (!done) return tl::unexpected(done.error());
  return std::unique_ptr<StoreRebuild>(new StoreRebuild(*std::move(session)));
}

Result<std::unique_ptr<StoreRebuild>> StoreRebuild::open(const fs::path& served, std::string_view rules) {
  auto rebuild = attach(served);
  if (!rebuild) return rebuild;
  auto resumed = (*rebuild)->resume(rules);
  if (!resumed) return tl::unexpected(resumed.error());
  if (*resumed) return rebuild;
  rebuild->reset();
  discard(served);
  rebuild = attach(served);
  if (!rebuild) return rebuild;
  if (auto done = (*rebuild)->begin(rules); !done) return tl::unexpected(done.error());
  return rebuild;
}

Result<bool> StoreRebuild::resume(std::string_view rules) {
  auto known = session_->setting(kRules);
  if (!known) return tl::unexpected(known.error());
  if (*known != rules) return false;
  auto after = session_->setting(kAfter);
  if (!after) return tl::unexpected(after.error());
  auto position = session_->setting(kPosition);
  if (!position) return tl::unexpected(position.error());
  auto last = session_->connection_->integer("SELECT ifnull(max(id), 0) FROM served.chunk");
  if (!last) return tl::unexpected(last.error());
  after_ = std::stoll(*after);
  position_ = std::stoull(*position);
  last_ = *last;
  return true;
}

Result<void> StoreRebuild::begin(std::string_view rules) {
  auto begun = session_->begin();
  if (!begun) return begun;
  auto done = copy_rest();
  if (done) {
    auto position = session_->position();
    if (!position) return tl::unexpected(position.error());
    position_ = *position + kPositionsAhead;
    done = session_->connection_->execute(
        "INSERT INTO profile_gone SELECT * FROM served.profile_gone;"
        "INSERT OR REPLACE INTO profile_gone(public_id, position) SELECT i.public_id, " +
        std::to_string(position_) + " FROM served.identifier i JOIN served.profile p ON p.id = i.id");
  }
  if (done) done = session_->set_setting(kRules, rules);
  if (done) done = session_->set_setting(kAfter, "0");
  if (done) done = session_->set_setting(kPosition, std::to_string(position_));
  if (done) done = session_->commit();
  if (!done) {
    session_->rollback();
    return done;
  }
  auto resumed = resume(rules);
  return resumed ? Result<void>{} : tl::unexpected(resumed.error());
}

// What is not made from events, as the served store has it.
Result<void> StoreRebuild::copy_rest() {
  Connection& connection = *session_->connection_;
  std::vector<std::string> tables;
  {
    Query names(connection, "SELECT name FROM served.sqlite_master WHERE type = 'table'");
    auto found = names.rows([](const Statement& row) { return std::string(row.text(0)); });
    if (!found) return tl::unexpected(found.error());
    tables = *std::move(found);
  }
  std::string sql;
  for (const std::string& table : tables) {
    if (std::find(std::begin(kMadeAnew), std::end(kMadeAnew), table) != std::end(kMadeAnew)) continue;
    if (std::find(std::begin(kTakenOver), std::end(kTakenOver), table) == std::end(kTakenOver)) {
      return failure(ErrorCode::storage, "profile store: a rebuild does not know what to do with " + table);
    }
    sql +=
        "DELETE FROM main." + table + "; INSERT INTO main." + table + " SELECT * FROM served." + table + ";";
  }
  sql +=
      "INSERT OR REPLACE INTO main.setting SELECT * FROM served.setting "
      "WHERE name <> 'identifier_rules' AND name NOT LIKE 'rebuild_%'";
  return connection.execute(sql);
}

// Decisions that events let go for their age have led to cannot be made again: they stay as recorded, under
// whoever the person that sent those events is now.
Result<void> StoreRebuild::keep_recorded() {
  const std::string columns = kDecisionColumns;
  const std::string position = std::to_string(position_);
  return session_->connection_->execute(
      "CREATE TEMP TABLE swept AS "
      "SELECT new_stream.id AS stream, new_owner.id AS owner, s.trust, s.swept_ms, "
      "old_stream.profile AS stream_before, old_owner.profile AS owner_before "
      "FROM served.strand s "
      "JOIN served.identifier old_stream ON old_stream.id = s.stream "
      "JOIN served.identifier old_owner ON old_owner.id = s.owner "
      "JOIN main.identifier new_stream ON substr(new_stream.public_id, 1, 8) = substr(old_stream.public_id, "
      "1, 8) "
      "AND new_stream.public_id = old_stream.public_id "
      "JOIN main.identifier new_owner ON substr(new_owner.public_id, 1, 8) = substr(old_owner.public_id, 1, "
      "8) "
      "AND new_owner.public_id = old_owner.public_id "
      "WHERE s.swept_ms > 0;"
      "UPDATE main.strand SET swept_ms = swept.swept_ms FROM swept "
      "WHERE strand.stream = swept.stream AND strand.owner = swept.owner AND strand.trust = swept.trust;"
      "CREATE TEMP TABLE heir(before INTEGER PRIMARY KEY, profile INTEGER, until_ms INTEGER);"
      "INSERT INTO heir SELECT before, min(i.profile), max(swept_ms) FROM ("
      "SELECT owner_before AS before, owner AS node, swept_ms FROM swept UNION ALL "
      "SELECT stream_before, stream, swept_ms FROM swept) JOIN main.identifier i ON i.id = node GROUP BY "
      "before;"
      "DELETE FROM main.decision WHERE EXISTS (SELECT 1 FROM heir "
      "WHERE heir.profile = decision.profile AND decision.time_ms <= heir.until_ms);"
      "INSERT INTO main.decision(profile, position, " +
      columns + ") SELECT heir.profile, " + position + ", " + columns +
      " FROM heir JOIN served.decision ON decision.profile = heir.before AND decision.time_ms <= "
      "heir.until_ms;"
      "DROP TABLE swept; DROP TABLE heir");
}

Result<std::vector<StoredEvent>> StoreRebuild::next(std::size_t events_max) {
  Query chunk(*session_->connection_,
              "SELECT id, events, json FROM served.chunk WHERE id > ?1 ORDER BY id LIMIT 1");
  std::vector<StoredEvent> events;
  while (events.size() < events_max) {
    auto read = chunk.row(
        [&](const Statement& row) -> Result<std::vector<StoredEvent>> {
          after_ = row.integer(0);
          auto decoded = ChunkCodec::decode(row.blob(1));
          if (!decoded) return decoded;
          if (auto done = ChunkCodec::add_json(row.blob(2), *decoded); !done) {
            return tl::unexpected(done.error());
          }
          return decoded;
        },
        after_);
    if (!read) return tl::unexpected(read.error());
    if (!*read) break;
    if (!**read) return tl::unexpected((**read).error());
    std::vector<StoredEvent>& taken = ***read;
    std::move(taken.begin(), taken.end(), std::back_inserter(events));
  }
  if (auto done = session_->set_setting(kAfter, std::to_string(after_)); !done) {
    return tl::unexpected(done.error());
  }
  return events;
}

WorkProgress StoreRebuild::progress() const {
  const auto strands = [](std::int64_t chunk) {
    return static_cast<std::uint64_t>(chunk / kChunksPerStrandMax);
  };
  return {strands(after_), strands(last_)};
}

Result<void> StoreRebuild::finish(ProfileSession& served) {
  auto rules = session_->setting(kRules);
  if (!rules) return tl::unexpected(rules.error());
  if (auto begun = session_->begin(); !begun) return begun;
  auto done = copy_rest();
  if (done) done = keep_recorded();
  if (done) done = session_->set_position(position_);
  if (done) done = session_->set_setting("identifier_rules", *rules);
  if (done) done = session_->commit();
  if (!done) {
    session_->rollback();
    return done;
  }
  if (done = served.connection_->replace_with(*session_->connection_); !done) return done;
  return served.connection_->execute("DELETE FROM setting WHERE name LIKE 'rebuild_%'");
}

}  // namespace desirepath::collector
