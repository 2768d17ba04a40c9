// The profile store: one SQLite file, the truth about profiles. One writer, the fold; any number of readers,
// each on a snapshot of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/profile/checkpoint_rows.hpp"
#include "collector/profile/erasure_rows.hpp"
#include "collector/profile/identity_rows.hpp"
#include "collector/profile/outbox_rows.hpp"
#include "collector/profile/profile_rows.hpp"
#include "collector/profile/rejected_rows.hpp"
#include "collector/profile/strand_rows.hpp"
#include "collector/profile/suppression_rows.hpp"
#include "collector/profile/waiting_rows.hpp"

namespace desirepath::collector {

class Checkpointer;
class Connection;

// A journey that began to decide: the logged fact of a new version.
struct JourneyFact {
  std::int64_t since_ms = 0;  // decisions before it stay as recorded; INT64_MIN for the first
  std::string name;
  std::int64_t version = 0;
  std::string program_hash;
  std::string file;
  std::string source;
};

// One connection with its statements. One thread at a time.
class ProfileSession {
 public:
  static Result<std::unique_ptr<ProfileSession>> open(const std::filesystem::path& file, bool writer);
  ~ProfileSession();

  IdentityRows& identities() { return *identities_; }
  StrandRows& strands() { return *strands_; }
  ProfileRows& profiles() { return *profiles_; }
  CheckpointRows& checkpoints() { return *checkpoints_; }
  WaitingRows& waiting() { return *waiting_; }
  RejectedRows& rejected() { return *rejected_; }
  OutboxRows& outbox() { return *outbox_; }
  ErasureRows& erasures() { return *erasures_; }
  SuppressionRows& suppressions() { return *suppressions_; }

  Result<void> begin();
  Result<void> commit();
  void rollback();

  // Position in the journal up to which everything is in here.
  Result<std::uint64_t> cursor();
  Result<void> set_cursor(std::uint64_t position);
  // The number of the latest transaction of the fold: where this store's history stands. Unlike the cursor it
  // also moves where nothing new came in: for wake-ups, cuts and new journeys.
  Result<std::uint64_t> position();
  Result<void> set_position(std::uint64_t position);
  // Small texts by name: fingerprints of what the data was made with. Empty where there is none.
  Result<std::string> setting(std::string_view name);
  Result<void> set_setting(std::string_view name, std::string_view value);

  // The journeys of the latest set, in their order; `log_journeys` begins a new set.
  Result<std::vector<JourneyFact>> journeys();
  // Every version of every journey there ever was, by name and since when it decides.
  Result<std::vector<JourneyFact>> journey_versions();
  Result<void> log_journeys(const std::vector<JourneyFact>& set);

 private:
  friend class StoreRebuild;
  explicit ProfileSession(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Checkpointer> checkpointer_;  // of the writer
  std::unique_ptr<IdentityRows> identities_;
  std::unique_ptr<StrandRows> strands_;
  std::unique_ptr<ProfileRows> profiles_;
  std::unique_ptr<CheckpointRows> checkpoints_;
  std::unique_ptr<WaitingRows> waiting_;
  std::unique_ptr<RejectedRows> rejected_;
  std::unique_ptr<OutboxRows> outbox_;
  std::unique_ptr<ErasureRows> erasures_;
  std::unique_ptr<SuppressionRows> suppressions_;
};

class ProfileStore;

// A reader's hold on one snapshot; gives the connection back when it goes.
class ProfileSnapshot {
 public:
  ~ProfileSnapshot();
  ProfileSnapshot(ProfileSnapshot&&) noexcept = default;
  ProfileSnapshot& operator=(ProfileSnapshot&&) = delete;
  ProfileSession* operator->() const { return session_.get(); }
  ProfileSession& operator*() const { return *session_; }

 private:
  friend class ProfileStore;
  ProfileSnapshot(ProfileStore& store, std::unique_ptr<ProfileSession> session)
      : store_(&store), session_(std::move(session)) {}
  ProfileStore* store_;
  std::unique_ptr<ProfileSession> session_;
};

class ProfileStore {
 public:
  // Opens or creates the file, and brings it to this version. An unwritable or newer file is one clear error.
  static Result<std::unique_ptr<ProfileStore>> open(const std::filesystem::path& file);
  ~ProfileStore();

  ProfileSession& writer() { return *writer_; }
  const std::filesystem::path& file() const { return file_; }
  // Who has been erased; thread-safe.
  Tombstones& tombstones() { return *tombstones_; }
  // Thread-safe; what is committed after this is not seen through the snapshot.
  Result<ProfileSnapshot> snapshot();

 private:
  friend class ProfileSnapshot;
  struct Idle;
  ProfileStore(std::filesystem::path file, std::unique_ptr<ProfileSession> writer);
  void give_back(std::unique_ptr<ProfileSession> session);

  std::filesystem::path file_;
  std::unique_ptr<ProfileSession> writer_;
  std::unique_ptr<Tombstones> tombstones_;
  std::unique_ptr<Idle> idle_;
};

// The profile that an identifier (or `profile` and a public id, also one from before a merge) belongs to.
// `not_found` when it was never seen.
Result<NodeId> find_profile(ProfileSession& session, std::string_view type, std::string_view value);

// The profile that a strand's events belong to: its owner's, or its stream's where the owner is blocked.
Result<NodeId> profile_of_strand(ProfileSession& session, const StrandRecord& strand);

// A profile in a snapshot of its own.
struct FoundProfile {
  ProfileSnapshot session;
  NodeId profile = 0;
  std::string public_id;
  std::string cursor;  // up to which the snapshot has folded
};
Result<FoundProfile> snapshot_of(ProfileStore& store, std::string_view type, std::string_view value);

// The strands whose events are the profile's: those of its identifiers, and those of its streams whose owner
// is blocked.
Result<std::vector<StrandRecord>> strands_of_profile(ProfileSession& session, NodeId profile);

struct OrderedEvent {
  EventOrder order;
  StoredEvent event;
};

// All events of the profile in its order.
Result<std::vector<OrderedEvent>> events_of_profile(ProfileSession& session, NodeId profile, bool with_json);

// The newest `limit` of them, oldest first, and how many there are in all. Reads no more chunks than that
// takes.
struct NewestEvents {
  std::vector<OrderedEvent> events;
  std::uint64_t total = 0;
};
Result<NewestEvents> newest_events_of_profile(ProfileSession& session, NodeId profile, std::size_t limit,
                                              bool with_json);

}  // namespace desirepath::collector
