// A profile store made anew beside the one that is served, from its events: for new identifier rules, which
// decide whose an event is. It grows in a file of its own (rebuild.db), transaction by transaction, while the
// served one is read as it was; in the end it takes that one's place in one transaction of it, which no
// reader waits for. A process that ends before leaves a file that the next one goes on with.
//
// The served store must not change meanwhile, but for what is not made from events: that is taken over in the
// end. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/profile/stored_event.hpp"
#include "collector/profile/work_progress.hpp"

namespace desirepath::collector {

class ProfileSession;

class StoreRebuild {
 public:
  // Of the store in the file `served`, by these identifier rules (IdentifierRules::fingerprint). Goes on with
  // a rebuild by the same rules, and begins anew where there is none.
  static Result<std::unique_ptr<StoreRebuild>> open(const std::filesystem::path& served,
                                                    std::string_view rules);
  // Removes what a rebuild has left behind, where it has.
  static void discard(const std::filesystem::path& served);
  ~StoreRebuild();

  ProfileSession& session() { return *session_; }
  // The served store's next events, in the order of their chunks; at least `events_max` but at the end, where
  // there are none. In a transaction of `session`, which remembers the place.
  Result<std::vector<StoredEvent>> next(std::size_t events_max);
  // Strands gone through.
  WorkProgress progress() const;
  // The position in the store's history at which everything changes.
  std::uint64_t position() const { return position_; }

  // Takes the place of the served store, whose writer this is. No transaction is open. On failure the served
  // store is as it was.
  Result<void> finish(ProfileSession& served);

 private:
  explicit StoreRebuild(std::unique_ptr<ProfileSession> session);
  static Result<std::unique_ptr<StoreRebuild>> attach(const std::filesystem::path& served);
  Result<bool> resume(std::string_view rules);
  Result<void> begin(std::string_view rules);
  Result<void> copy_rest();
  Result<void> keep_recorded();

  std::unique_ptr<ProfileSession> session_;
  std::int64_t after_ = 0;  // the latest chunk taken
  std::int64_t last_ = 0;   // of all
  std::uint64_t position_ = 0;
};

}  // namespace desirepath::collector
