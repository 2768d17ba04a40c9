#include "collector/fold/profile_checkpoints.hpp"

#include <algorithm>

#include "sdk/engine/limits.hpp"

namespace desirepath::collector {
namespace {

// The one whose loss costs a late event least: the events between its neighbours against how many have come
// since. Never the newest, unless it is alone.
std::size_t least_worth(const std::vector<CheckpointHead>& heads) {
  const std::uint64_t newest = heads.back().events;
  std::size_t least = 0;
  double least_gap = 0;
  for (std::size_t i = 0; i + 1 < heads.size(); ++i) {
    const std::uint64_t before = i == 0 ? 0 : heads[i - 1].events;
    const double gap = static_cast<double>(heads[i + 1].events - before) /
                       static_cast<double>(newest - heads[i + 1].events + 1);
    if (i != 0 && gap >= least_gap) continue;
    least = i;
    least_gap = gap;
  }
  return least;
}

}  // namespace

Result<void> ProfileCheckpoints::expect(const ProfileRecord& profile, std::int64_t time_ms) {
  if (profile.events < bounds_.checkpoint_events || time_ms > profile.last_ms) return {};
  return rows_.remove_from(profile.id, time_ms);
}

Result<std::optional<ProfileRecord>> ProfileCheckpoints::resume(NodeId profile) {
  auto heads = rows_.heads(profile);
  if (!heads) return tl::unexpected(heads.error());
  for (; !heads->empty(); heads->pop_back()) {
    const std::int64_t time_ms = heads->back().time_ms;
    auto loaded = rows_.load(profile, time_ms);
    if (!loaded) return loaded;
    if (*loaded && (*loaded)->programs == engine_.fingerprint() && engine_.resume(**loaded)) return loaded;
    if (auto done = rows_.remove(profile, time_ms); !done) return tl::unexpected(done.error());
  }
  return std::optional<ProfileRecord>{};
}

Result<void> ProfileCheckpoints::go_on(const ProfileRecord& profile, std::size_t more) {
  due_events_ = bounds_.checkpoint_events;
  if (profile.events + more < due_events_) return {};
  auto heads = rows_.heads(profile.id);
  if (!heads) return tl::unexpected(heads.error());
  if (!heads->empty()) due_events_ += heads->back().events;
  return {};
}

Result<void> ProfileCheckpoints::pass(ProfileRecord& profile, EngineLog& log) {
  // Times the engine clamps are not told apart.
  const bool is_clamped = profile.last_ms < 0 || profile.last_ms > kTimeMaxMs;
  if (profile.events < due_events_ || is_clamped) return {};
  due_events_ = profile.events + bounds_.checkpoint_events;
  if (auto woken = engine_.wake_past(profile.last_ms, profile, log); !woken) return woken;
  ProfileRecord checkpoint = profile;
  engine_.suspend(checkpoint);
  auto saved = rows_.save(checkpoint);
  if (!saved) return tl::unexpected(saved.error());
  return thin(profile.id);
}

Result<void> ProfileCheckpoints::thin(NodeId profile) {
  auto heads = rows_.heads(profile);
  if (!heads) return tl::unexpected(heads.error());
  std::size_t bytes = 0;
  for (const CheckpointHead& head : *heads) bytes += head.bytes;
  while (!heads->empty() &&
         (heads->size() > bounds_.checkpoints_max || bytes > bounds_.checkpoint_bytes_max)) {
    const auto least = heads->begin() + static_cast<std::ptrdiff_t>(least_worth(*heads));
    bytes -= least->bytes;
    if (auto done = rows_.remove(profile, least->time_ms); !done) return done;
    heads->erase(least);
  }
  return {};
}

}  // namespace desirepath::collector
