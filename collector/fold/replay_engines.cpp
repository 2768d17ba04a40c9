#include "collector/fold/replay_engines.hpp"

#include "collector/fold/limits.hpp"

namespace desirepath::collector {

ReplayEngines::Lease::~Lease() {
  if (engine_) home_->give_back(std::move(engine_));
}

Result<ReplayEngines::Lease> ReplayEngines::lease(ProfileSession& session) {
  const std::shared_ptr<const JourneySet> current = journeys_.current();
  {
    const std::lock_guard lock(mutex_);
    if (known_ == current && !idle_.empty()) {
      auto engine = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(engine));
    }
  }
  auto horizon = horizon_of(session, current);
  if (!horizon) return tl::unexpected(horizon.error());
  return Lease(*this, std::make_unique<ProfileEngine>(current, *horizon));
}

Result<DecisionHorizon> ReplayEngines::horizon_of(ProfileSession& session,
                                                  const std::shared_ptr<const JourneySet>& journeys) {
  {
    const std::lock_guard lock(mutex_);
    if (known_ == journeys) return horizon_;
  }
  auto logged = logged_horizon(session, *journeys);
  if (!logged) return tl::unexpected(logged.error());
  if (logged->is_whole) {
    const std::lock_guard lock(mutex_);
    known_ = journeys;
    horizon_ = logged->horizon;
    idle_.clear();
  }
  return std::move(logged->horizon);
}

void ReplayEngines::give_back(std::unique_ptr<ProfileEngine> engine) {
  const std::lock_guard lock(mutex_);
  if (known_.get() == &engine->journeys() && idle_.size() < kReplayEnginesIdleMax) {
    idle_.push_back(std::move(engine));
  }
}

}  // namespace desirepath::collector
