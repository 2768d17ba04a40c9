// Engines for readers: what the fold's own engine does to a profile, done again on a snapshot, for reads of
// the past and for decisions on a copy. Nothing here writes.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// Which of a journey's two programs is folded: the collector's own, or the public one that devices run.
enum class Target : std::uint8_t { full, device };

// Thread-safe. The journeys must outlive it, and it every lease.
class ReplayEngines {
 public:
  explicit ReplayEngines(const Journeys& journeys, Target target = Target::full)
      : journeys_(journeys), target_(target) {}

  // A reader's hold on an engine; gives it back when it goes.
  class Lease {
   public:
    ~Lease();
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ProfileEngine& operator*() const { return *engine_; }
    ProfileEngine* operator->() const { return engine_.get(); }

   private:
    friend class ReplayEngines;
    Lease(ReplayEngines& home, std::unique_ptr<ProfileEngine> engine)
        : home_(&home), engine_(std::move(engine)) {}
    ReplayEngines* home_;
    std::unique_ptr<ProfileEngine> engine_;
  };

  // An engine of the journeys that are loaded, each version deciding from when the snapshot says it did. A
  // journey the fold has not taken up yet decides from now on.
  Result<Lease> lease(ProfileSession& session);

 private:
  // What engines are made of.
  struct Parts {
    std::shared_ptr<const JourneySet> journeys;  // for devices, with their programs in place of the full ones
    DecisionHorizon horizon;
  };
  Result<Parts> parts_of(ProfileSession& session, const std::shared_ptr<const JourneySet>& journeys);
  void give_back(std::unique_ptr<ProfileEngine> engine);

  const Journeys& journeys_;
  const Target target_;
  std::mutex mutex_;
  std::shared_ptr<const JourneySet> known_;  // what `parts_` and the idle engines are of
  Parts parts_;
  std::vector<std::unique_ptr<ProfileEngine>> idle_;
};

}  // namespace desirepath::collector
