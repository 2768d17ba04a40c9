#include "collector/profile/profile_store.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "collector/profile/limits.hpp"
#include "collector/profile/profile_schema.hpp"
#include "collector/profile/query.hpp"
#include "collector/store/checkpointer.hpp"
#include "collector/store/connection.hpp"
#include "collector/store/migrations.hpp"

namespace desirepath::collector {
namespace {

constexpr int kPageBytes = 4096;
// What one transaction of the fold touches.
constexpr int kWriterCacheKib = 32 * 1024;
// The log is written back in pieces of 96 MB beside the writer, and begins anew at about 256 MB: the pages of
// a session are written back once, not after each transaction.
constexpr int kWalKept = 320 * 1024;  // KiB
constexpr CheckpointBounds kCheckpoints{96LL * 1024 * 1024 / kPageBytes, 256LL * 1024 * 1024 / kPageBytes};
constexpr int kReaderCacheKib = 1024;

bool is_blocked_for(Blocked blocked, Trust trust) {
  return blocked == Blocked::all || (blocked == Blocked::claims && trust == Trust::claimed);
}

}  // namespace

ProfileSession::ProfileSession(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)),
      identities_(std::make_unique<IdentityRows>(*connection_)),
      strands_(std::make_unique<StrandRows>(*connection_)),
      profiles_(std::make_unique<ProfileRows>(*connection_)),
      checkpoints_(std::make_unique<CheckpointRows>(*connection_)),
      waiting_(std::make_unique<WaitingRows>(*connection_)),
      rejected_(std::make_unique<RejectedRows>(*connection_)),
      outbox_(std::make_unique<OutboxRows>(*connection_)),
      erasures_(std::make_unique<ErasureRows>(*connection_)),
      suppressions_(std::make_unique<SuppressionRows>(*connection_)) {}

ProfileSession::~ProfileSession() = default;

Result<std::unique_ptr<ProfileSession>> ProfileSession::open(const std::filesystem::path& file, bool writer) {
  ConnectionOptions options;
  options.access = writer ? Access::read_write : Access::read_only;
  options.cache_kib = writer ? kWriterCacheKib : kReaderCacheKib;
  options.page_bytes = kPageBytes;
  if (writer) {
    options.autocheckpoint_pages = 0;
    options.wal_kept_kib = kWalKept;
  }
  options.secure_delete = writer;  // what an update leaves behind is part of what an erasure must reach
  auto opened = Connection::open(file, options);
  if (!opened) return tl::unexpected(opened.error());
  auto connection = std::make_unique<Connection>(*std::move(opened));
  if (writer) {
    if (auto done = migrate(*connection, kProfileMigrations); !done) return tl::unexpected(done.error());
  }
  std::unique_ptr<ProfileSession> session(new ProfileSession(std::move(connection)));
  if (writer) {
    auto checkpointer = Checkpointer::start(file, kCheckpoints);
    if (!checkpointer) return tl::unexpected(checkpointer.error());
    session->checkpointer_ = *std::move(checkpointer);
  }
  return session;
}

Result<void> ProfileSession::begin() {
  return connection_->execute("BEGIN");
}
Result<void> ProfileSession::commit() {
  auto done = connection_->execute("COMMIT");
  if (done && checkpointer_) checkpointer_->committed(*connection_);
  return done;
}
void ProfileSession::rollback() {
  (void)connection_->execute("ROLLBACK");
}

Result<std::uint64_t> ProfileSession::cursor() {
  auto text = setting("cursor");
  if (!text) return tl::unexpected(text.error());
  return text->empty() ? 0 : std::stoull(*text);
}
Result<void> ProfileSession::set_cursor(std::uint64_t position) {
  return set_setting("cursor", std::to_string(position));
}

Result<std::uint64_t> ProfileSession::position() {
  auto text = setting("position");
  if (!text) return tl::unexpected(text.error());
  return text->empty() ? 0 : std::stoull(*text);
}
Result<void> ProfileSession::set_position(std::uint64_t position) {
  return set_setting("position", std::to_string(position));
}

Result<std::string> ProfileSession::setting(std::string_view name) {
  Query query(*connection_, "SELECT value FROM setting WHERE name = ?1");
  auto found = query.row([](const Statement& row) { return std::string(row.text(0)); }, name);
  if (!found) return tl::unexpected(found.error());
  return found->value_or(std::string{});
}

Result<void> ProfileSession::set_setting(std::string_view name, std::string_view value) {
  return Query(*connection_, "INSERT OR REPLACE INTO setting(name, value) VALUES(?1, ?2)").run(name, value);
}

namespace {

JourneyFact journey_fact(const Statement& row) {
  return JourneyFact{row.integer(0),           std::string(row.text(1)), row.integer(2),
                     std::string(row.text(3)), std::string(row.text(4)), std::string(row.text(5))};
}

}  // namespace

Result<std::vector<JourneyFact>> ProfileSession::journeys() {
  Query query(*connection_,
              "SELECT since_ms, name, version, program_hash, file, source FROM journey "
              "WHERE set_number = (SELECT max(set_number) FROM journey) ORDER BY id");
  return query.rows(journey_fact);
}

Result<std::vector<JourneyFact>> ProfileSession::journey_versions() {
  Query query(*connection_,
              "SELECT since_ms, name, version, program_hash, file, source FROM journey AS fact "
              "WHERE id = (SELECT max(id) FROM journey WHERE name = fact.name AND since_ms = fact.since_ms) "
              "ORDER BY name, since_ms");
  return query.rows(journey_fact);
}

Result<void> ProfileSession::log_journeys(const std::vector<JourneyFact>& set) {
  auto last = connection_->integer("SELECT ifnull(max(set_number), 0) FROM journey");
  if (!last) return tl::unexpected(last.error());
  Query insert(*connection_,
               "INSERT INTO journey(set_number, since_ms, name, version, program_hash, file, source) "
               "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  for (const JourneyFact& fact : set) {
    auto done = insert.run(*last + 1, fact.since_ms, fact.name, fact.version, fact.program_hash, fact.file,
                           fact.source);
    if (!done) return done;
  }
  return {};
}

struct ProfileStore::Idle {
  std::mutex mutex;
  std::vector<std::unique_ptr<ProfileSession>> sessions;
};

ProfileStore::ProfileStore(std::filesystem::path file, std::unique_ptr<ProfileSession> writer)
    : file_(std::move(file)),
      writer_(std::move(writer)),
      tombstones_(std::make_unique<Tombstones>()),
      idle_(std::make_unique<Idle>()) {}
ProfileStore::~ProfileStore() = default;

Result<std::unique_ptr<ProfileStore>> ProfileStore::open(const std::filesystem::path& file) {
  auto writer = ProfileSession::open(file, true);
  if (!writer) return tl::unexpected(writer.error());
  std::unique_ptr<ProfileStore> store(new ProfileStore(file, *std::move(writer)));
  if (auto done = store->writer().erasures().load(store->tombstones()); !done)
    return tl::unexpected(done.error());
  return store;
}

Result<ProfileSnapshot> ProfileStore::snapshot() {
  std::unique_ptr<ProfileSession> session;
  {
    const std::lock_guard lock(idle_->mutex);
    if (!idle_->sessions.empty()) {
      session = std::move(idle_->sessions.back());
      idle_->sessions.pop_back();
    }
  }
  if (!session) {
    auto opened = ProfileSession::open(file_, false);
    if (!opened) return tl::unexpected(opened.error());
    session = *std::move(opened);
  }
  if (auto done = session->begin(); !done) return tl::unexpected(done.error());
  return ProfileSnapshot(*this, std::move(session));
}

void ProfileStore::give_back(std::unique_ptr<ProfileSession> session) {
  session->rollback();
  const std::lock_guard lock(idle_->mutex);
  if (idle_->sessions.size() < kReadersIdleMax) idle_->sessions.push_back(std::move(session));
}

ProfileSnapshot::~ProfileSnapshot() {
  if (session_) store_->give_back(std::move(session_));
}

Result<NodeId> find_profile(ProfileSession& session, std::string_view type, std::string_view value) {
  IdentityRows& identities = session.identities();
  Result<std::optional<NodeId>> found = std::nullopt;
  if (type == "profile") {
    found = identities.find_public(value);
  } else {
    found = identities.find({std::string(type), std::string(value)});
    if (found && !*found) {
      std::string lower(value);
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      found = identities.find({std::string(type), lower});
    }
  }
  if (!found) return tl::unexpected(found.error());
  if (!*found) {
    return failure(ErrorCode::not_found, "no profile has " + std::string(type) + ":" + std::string(value));
  }
  auto node = identities.node(**found);
  if (!node) return tl::unexpected(node.error());
  return node->profile;
}

Result<NodeId> profile_of_strand(ProfileSession& session, const StrandRecord& strand) {
  auto owner = session.identities().node(strand.owner);
  if (!owner) return tl::unexpected(owner.error());
  if (!is_blocked_for(owner->blocked, strand.trust)) return owner->profile;
  auto stream = session.identities().node(strand.stream);
  if (!stream) return tl::unexpected(stream.error());
  return stream->profile;
}

Result<FoundProfile> snapshot_of(ProfileStore& store, std::string_view type, std::string_view value) {
  auto session = store.snapshot();
  if (!session) return tl::unexpected(session.error());
  auto profile = find_profile(**session, type, value);
  if (!profile) return tl::unexpected(profile.error());
  auto node = (*session)->identities().node(*profile);
  if (!node) return tl::unexpected(node.error());
  auto cursor = (*session)->cursor();
  if (!cursor) return tl::unexpected(cursor.error());
  return FoundProfile{std::move(*session), *profile, public_id(node->node.identifier),
                      std::to_string(*cursor)};
}

Result<std::vector<StrandRecord>> strands_of_profile(ProfileSession& session, NodeId profile) {
  std::vector<StrandRecord> strands;
  auto members = session.identities().members(profile);
  if (!members) return tl::unexpected(members.error());
  for (const NodeId member : *members) {
    auto node = session.identities().node(member);
    if (!node) return tl::unexpected(node.error());
    auto owned = session.strands().of_owner(member);
    if (!owned) return owned;
    for (const StrandRecord& strand : *owned) {
      if (strand.stream == member || !is_blocked_for(node->blocked, strand.trust)) strands.push_back(strand);
    }
    auto sent = session.strands().of_stream(member);
    if (!sent) return sent;
    for (const StrandRecord& strand : *sent) {
      if (strand.owner == member) continue;
      auto owner = session.identities().node(strand.owner);
      if (!owner) return tl::unexpected(owner.error());
      if (is_blocked_for(owner->blocked, strand.trust)) strands.push_back(strand);
    }
  }
  return strands;
}

Result<NewestEvents> newest_events_of_profile(ProfileSession& session, NodeId profile, std::size_t limit,
                                              bool with_json) {
  auto strands = strands_of_profile(session, profile);
  if (!strands) return tl::unexpected(strands.error());
  struct Place {
    ChunkHead chunk;
    std::string stream;
  };
  std::vector<Place> places;
  NewestEvents newest;
  for (const StrandRecord& strand : *strands) {
    auto stream = session.identities().node(strand.stream);
    if (!stream) return tl::unexpected(stream.error());
    auto chunks = session.strands().chunks(strand.id);
    if (!chunks) return tl::unexpected(chunks.error());
    for (const ChunkHead& chunk : *chunks) {
      newest.total += chunk.count;
      places.push_back({chunk, to_string(stream->node.identifier)});
    }
  }
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.chunk.last_ms > b.chunk.last_ms; });

  std::vector<OrderedEvent>& events = newest.events;
  const auto later = [](const OrderedEvent& a, const OrderedEvent& b) { return a.order > b.order; };
  for (const Place& place : places) {
    // Enough are found once nothing in the chunks left can be newer than the last of them.
    if (limit == 0 || (events.size() >= limit && place.chunk.last_ms < events[limit - 1].order.timestamp_ms))
      break;
    auto read = session.strands().read(place.chunk.id, with_json);
    if (!read) return tl::unexpected(read.error());
    for (StoredEvent& event : *read) {
      EventOrder order{event.timestamp_ms, event.message_id, place.stream};
      events.push_back({std::move(order), std::move(event)});
    }
    if (events.size() >= limit) std::sort(events.begin(), events.end(), later);
  }
  std::sort(events.begin(), events.end(), later);
  if (events.size() > limit) events.resize(limit);
  std::reverse(events.begin(), events.end());
  return newest;
}

Result<std::vector<OrderedEvent>> events_of_profile(ProfileSession& session, NodeId profile, bool with_json) {
  auto newest = newest_events_of_profile(session, profile, SIZE_MAX, with_json);
  if (!newest) return tl::unexpected(newest.error());
  return std::move(newest->events);
}

}  // namespace desirepath::collector
