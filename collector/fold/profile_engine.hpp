// The engine over one profile at a time: steps its events in order and wakes it, for every journey of a set.
// Pure apart from the buffers it keeps; one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/journey_log.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_record.hpp"
#include "collector/profile/stored_event.hpp"
#include "sdk/engine/outcome.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/value_writer.hpp"

namespace desirepath::collector {

struct StageMoveRecord {
  std::int64_t time_ms = 0;
  std::string journey;
  std::string from;        // empty: none
  std::string to;          // empty: none
  std::string message_id;  // of the event that met the rule
};

// A journey as it stands in the profile taken up; views, until the next call that changes it.
struct JourneyStanding {
  std::string_view journey;
  const Program* program;
  const State* state;
};

// A person's place in an experiment, said once.
struct AssignmentRecord {
  std::string experiment;
  std::string treatment;
  std::string unit;        // the value that was hashed
  std::string message_id;  // of the event that brought it
  bool is_held_out = false;
  std::int64_t time_ms = 0;
};

// What steps and wakes of one profile have brought, in order.
struct EngineLog {
  std::vector<DecisionRecord> decisions;
  std::vector<StageMoveRecord> moves;
  // Of experiments that reach beyond the browser alone: it says its own.
  std::vector<AssignmentRecord> assignments;
};

class ProfileEngine {
 public:
  // Keeps the set and the earlier versions alive. The programs have been verified when they were loaded.
  ProfileEngine(std::shared_ptr<const JourneySet> journeys, const DecisionHorizon& horizon);
  ~ProfileEngine();
  ProfileEngine(const ProfileEngine&) = delete;
  ProfileEngine& operator=(const ProfileEngine&) = delete;

  // Changes when any program does, or when one decides from another time on.
  const std::string& fingerprint() const { return fingerprint_; }
  const JourneySet& journeys() const { return *journeys_; }

  // Takes up a profile: `step` and `wake` work on it until `close`. States of journeys that are not in the
  // set are dropped. ErrorCode::storage when a state is malformed.
  Result<void> open(const ProfileRecord& profile);
  // A profile without a past: each version of a journey decides in its own time, and the next takes over from
  // it (engine/takeover.hpp).
  void open_empty();

  // Whether `step` would call the event too early.
  bool is_too_early(const StoredEvent& event) const;

  enum class Stepped : std::uint8_t { done, too_early };
  // Folds one event into the profile taken up: its consents, then the journeys, then its traits and place.
  // The caller keeps the order. `too_early`: a wait was performed, or a consent returned, later than this
  // event; nothing is done and the profile must be refolded. Of what is left of an expired event
  // (consent_remainder.hpp) no journey sees more than the consent.
  Result<Stepped> step(const EventOrder& order, const StoredEvent& event, ProfileRecord& profile,
                       EngineLog& log);
  Result<void> wake(std::int64_t now_ms, ProfileRecord& profile, EngineLog& log);
  // Performs what is due by `time_ms`, and lets no version that begins later take over: for reads of the
  // past.
  Result<void> wake_past(std::int64_t time_ms, ProfileRecord& profile, EngineLog& log);

  // Each journey, by the version that decides, or by the newest, which has learnt of all events: what it says
  // of behaviors, scores and audiences holds over the whole past.
  std::vector<JourneyStanding> acting() const;
  std::vector<JourneyStanding> newest() const;

  // Writes the states back into the profile.
  void close(ProfileRecord& profile) const;

  // Writes all that stepping on needs into a checkpoint (checkpoint_rows.hpp), and takes it up again. False
  // where it is not one that these journeys have written.
  void suspend(ProfileRecord& checkpoint) const;
  [[nodiscard]] bool resume(const ProfileRecord& checkpoint);

 private:
  struct Host;
  struct Version;
  bool is_too_early(std::int64_t time_ms) const;
  // Lets the withdrawals of consent that bind again by `time_ms` do so, each at its own time.
  Result<void> return_consents(std::int64_t time_ms, ProfileRecord& profile, EngineLog& log);
  // Tells the journeys where the profile's consents stand.
  Result<void> apply_consents(std::int64_t time_ms, const ProfileRecord& profile, EngineLog& log);
  // The words an event says of consent, as the journeys are to read them.
  void read_consents(const EventOrder& order, const StoredEvent& event, ProfileRecord& profile);
  Result<Stepped> step_journeys(const StoredEvent& event, const ProfileRecord& profile, EngineLog& log);
  // `place` counts the decisions of one step or wake.
  void record(const Host& host, const Outcome& outcome, std::uint32_t& place, EngineLog& log) const;
  // Lets the versions that decide from `time_ms` at the latest take over.
  Result<void> reach(Host& host, std::int64_t time_ms, EngineLog& log);
  Result<void> wake(Host& host, std::int64_t now_ms, EngineLog& log);

  std::shared_ptr<const JourneySet> journeys_;
  std::shared_ptr<const EarlierVersions> earlier_;
  std::string fingerprint_;
  std::vector<std::unique_ptr<Host>> hosts_;
  ValueWriter consents_;  // of the event being stepped; empty where it says nothing
};

}  // namespace desirepath::collector
