#include "collector/fold/replay_engines.hpp"

#include "collector/fold/limits.hpp"

namespace desirepath::collector {
namespace {

// The journey as devices know it.
Journey on_device(const Journey& journey) {
  Journey device;
  device.name = journey.name;
  device.version = journey.version;
  device.file = journey.file;
  device.program = journey.device_program;
  device.program_hash = journey.device_hash;
  device.view = Program::load(device.program).program;
  return device;
}

std::shared_ptr<const JourneySet> on_device(const JourneySet& journeys) {
  auto set = std::make_shared<JourneySet>();
  for (const Journey& journey : journeys.journeys) set->journeys.push_back(on_device(journey));
  set->identifiers = journeys.identifiers;
  set->zones = journeys.zones;
  return set;
}

DecisionHorizon on_device(const DecisionHorizon& horizon) {
  auto earlier = std::make_shared<EarlierVersions>();
  for (const auto& [name, versions] : *horizon.earlier) {
    for (const EarlierVersion& version : versions) {
      (*earlier)[name].push_back({version.since_ms, on_device(version.journey)});
    }
  }
  DecisionHorizon device;
  device.since_ms = horizon.since_ms;
  device.earlier = std::move(earlier);
  return device;
}

}  // namespace

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
  auto parts = parts_of(session, current);
  if (!parts) return tl::unexpected(parts.error());
  return Lease(*this, std::make_unique<ProfileEngine>(parts->journeys, parts->horizon));
}

Result<ReplayEngines::Parts> ReplayEngines::parts_of(ProfileSession& session,
                                                     const std::shared_ptr<const JourneySet>& journeys) {
  {
    const std::lock_guard lock(mutex_);
    if (known_ == journeys) return parts_;
  }
  auto logged = logged_horizon(session, *journeys);
  if (!logged) return tl::unexpected(logged.error());
  Parts parts{journeys, std::move(logged->horizon)};
  if (target_ == Target::device) parts = {on_device(*journeys), on_device(parts.horizon)};
  if (logged->is_whole) {
    const std::lock_guard lock(mutex_);
    known_ = journeys;
    parts_ = parts;
    idle_.clear();
  }
  return parts;
}

void ReplayEngines::give_back(std::unique_ptr<ProfileEngine> engine) {
  const std::lock_guard lock(mutex_);
  if (parts_.journeys.get() == &engine->journeys() && idle_.size() < kReplayEnginesIdleMax) {
    idle_.push_back(std::move(engine));
  }
}

}  // namespace desirepath::collector
