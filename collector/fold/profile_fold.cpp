#include "collector/fold/profile_fold.hpp"

#include <algorithm>
#include <optional>

#include "collector/fold/limits.hpp"
#include "collector/fold/retention_sweep.hpp"
#include "collector/profile/event_walk.hpp"

namespace desirepath::collector {
namespace {

std::size_t bytes_of(const ProfileRecord& profile) {
  std::size_t bytes = sizeof profile + 256 * profile.traits.all().size();
  for (const JourneyState& state : profile.states) bytes += sizeof state + state.state.size();
  return bytes;
}

// What may not wait for a refold: facts that caps count, and a withdrawal, which binds from receipt.
bool is_urgent(const NewEvent& fresh) {
  return fresh.event->source == kCollectorSource || is_consent_act(fresh.event->value());
}

}  // namespace

Result<ProfileFold::Cached*> ProfileFold::cached(NodeId id) {
  if (const auto known = cache_.find(id); known != cache_.end()) return &known->second;
  auto loaded = session_.profiles().load(id);
  if (!loaded) return tl::unexpected(loaded.error());
  if (!*loaded) return nullptr;
  Cached& entry = cache_[id];
  entry.record = **std::move(loaded);
  entry.bytes = bytes_of(entry.record);
  cache_bytes_ += entry.bytes;
  return &entry;
}

Result<ProfileFold::Cached*> ProfileFold::cached_or_new(NodeId id) {
  auto known = cached(id);
  if (!known || *known != nullptr) return known;
  auto proved = session_.identities().is_proved(id);
  if (!proved) return tl::unexpected(proved.error());
  Cached& made = cache_[id];
  made.record.id = id;
  made.record.programs = engine_.fingerprint();
  made.record.is_proved = *proved;
  return &made;
}

void ProfileFold::uncache(NodeId id) {
  const auto known = cache_.find(id);
  if (known == cache_.end()) return;
  cache_bytes_ -= std::min(cache_bytes_, known->second.bytes);
  cache_.erase(known);
  unwritten_.erase(id);
}

void ProfileFold::note_changed(Cached& entry, const FoldMoment& moment) {
  entry.record.position = moment.position;
  cache_bytes_ -= std::min(cache_bytes_, entry.bytes);
  entry.bytes = bytes_of(entry.record);
  cache_bytes_ += entry.bytes;
  if (entry.is_written) {
    unwritten_.insert(entry.record.id);
    unwritten_bytes_ += entry.bytes;
  }
  entry.is_written = false;
}

void ProfileFold::store(ProfileRecord profile, const FoldMoment& moment) {
  Cached& entry = cache_[profile.id];
  entry.record = std::move(profile);
  note_changed(entry, moment);
}

Result<void> ProfileFold::write(Cached& entry) {
  if (auto done = session_.profiles().save(entry.record); !done) return done;
  entry.is_written = true;
  return {};
}

Result<void> ProfileFold::write_out(NodeId id) {
  if (unwritten_.erase(id) > 0) {
    if (auto done = write(cache_.at(id)); !done) return done;
  }
  auto strands = strands_of_profile(session_, id);
  if (!strands) return tl::unexpected(strands.error());
  for (const StrandRecord& strand : *strands) {
    if (auto done = strands_.write_out(strand.id); !done) return done;
  }
  return {};
}

Result<void> ProfileFold::write_back() {
  std::vector<NodeId> ids(unwritten_.begin(), unwritten_.end());
  std::sort(ids.begin(), ids.end());  // as they lie in the store
  for (const NodeId id : ids) {
    if (auto done = write(cache_.at(id)); !done) return done;
  }
  unwritten_.clear();
  unwritten_bytes_ = 0;
  return {};
}

Result<bool> ProfileFold::open(const ProfileRecord& profile, const std::vector<NewEvent>& events) {
  if (profile.programs != engine_.fingerprint()) return false;
  if (profile.events == 0) {
    engine_.open_empty();
    return true;
  }
  if (!events.empty() && events.front().order <= profile.tip) return false;
  if (auto opened = engine_.open(profile); !opened) return tl::unexpected(opened.error());
  return events.empty() || !engine_.is_too_early(*events.front().event);
}

Result<void> ProfileFold::go_on(Cached& entry, const std::vector<NewEvent>& events,
                                const FoldMoment& moment) {
  ProfileRecord& profile = entry.record;
  const NodeId id = profile.id;
  EngineLog log;
  auto stepped = step(profile, events, log);
  if (stepped && *stepped) {
    if (auto woken = engine_.wake(moment.due_ms, profile, log); !woken)
      stepped = tl::unexpected(woken.error());
  }
  if (!stepped && !is_damaged_profile(stepped.error())) return tl::unexpected(stepped.error());
  if (!stepped || !*stepped) {
    uncache(id);  // half of the way is none
    return stepped ? refold_or_wait(id, {}, events, moment) : refold(id, moment);
  }
  engine_.close(profile);
  for (DecisionRecord& decision : log.decisions) {
    if (horizon_.is_frozen(decision)) continue;
    decision.position = moment.position;
    if (auto done = session_.profiles().insert_decision(id, decision); !done) return done;
    ++decided_;
  }
  tell(id, std::move(log));
  note_changed(entry, moment);
  return {};
}

// False where one of them comes too late.
Result<bool> ProfileFold::step(ProfileRecord& profile, const std::vector<NewEvent>& events, EngineLog& log) {
  if (auto done = checkpoints_.go_on(profile, events.size()); !done) {
    return tl::unexpected(done.error());
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto stepped = engine_.step(events[i].order, *events[i].event, profile, log);
    if (!stepped) return tl::unexpected(stepped.error());
    if (*stepped == ProfileEngine::Stepped::too_early) return false;
    const bool is_last_of_its_time =
        i + 1 == events.size() || events[i + 1].order.timestamp_ms > profile.last_ms;
    if (!is_last_of_its_time) continue;
    if (auto done = checkpoints_.pass(profile, log); !done) return tl::unexpected(done.error());
  }
  return true;
}

Result<void> ProfileFold::advance(NodeId id, std::vector<NewEvent> events, const FoldMoment& moment) {
  std::sort(events.begin(), events.end(),
            [](const NewEvent& a, const NewEvent& b) { return a.order < b.order; });
  auto aside = is_damaged(id);
  if (!aside) return tl::unexpected(aside.error());
  if (*aside) return {};  // its events are kept, and folded when it is tried again
  auto waits = is_waiting(id);
  if (!waits) return tl::unexpected(waits.error());
  if (*waits && !events.empty()) {
    if (auto done = checkpoints_.expect(id, events.front().order.timestamp_ms); !done) return done;
    return std::any_of(events.begin(), events.end(), is_urgent) ? refold_if_waiting(id, moment)
                                                                : Result<void>{};
  }
  auto known = cached_or_new(id);
  if (!known && is_damaged_profile(known.error())) return refold(id, moment);
  if (!known) return tl::unexpected(known.error());
  ProfileRecord& profile = (*known)->record;
  // A checkpoint has all events up to its time, so one at which another event comes is none.
  if (!events.empty()) {
    auto done = checkpoints_.expect(profile, events.front().order.timestamp_ms);
    if (!done) return done;
  }
  auto in_time = open(profile, events);
  if (!in_time && !is_damaged_profile(in_time.error())) return tl::unexpected(in_time.error());
  if (in_time && *in_time) return go_on(**known, events, moment);
  const bool may_wait = in_time && profile.programs == engine_.fingerprint();
  const EventOrder tip = profile.tip;
  // While its refold waits, it is read as it was.
  if (unwritten_.erase(id) > 0) {
    if (auto done = write(**known); !done) return done;
  }
  uncache(id);
  return may_wait ? refold_or_wait(id, tip, events, moment) : refold(id, moment);
}

Result<bool> ProfileFold::is_waiting(NodeId id) {
  if (!waiting_) {
    auto count = session_.waiting().count();
    if (!count) return tl::unexpected(count.error());
    waiting_ = *count;
  }
  if (*waiting_ == 0) return false;
  auto row = session_.waiting().of(id);
  if (!row) return tl::unexpected(row.error());
  return row->has_value();
}

Result<void> ProfileFold::refold_or_wait(NodeId id, const EventOrder& tip,
                                         const std::vector<NewEvent>& events, const FoldMoment& moment) {
  // Late are those up to the tip; where none is, a wait had fallen due later than one of them.
  const bool any_late = events.front().order <= tip;
  WaitingRefold earliest{id, INT64_MAX, {}};
  bool is_pressing = false;
  for (const NewEvent& fresh : events) {
    is_pressing = is_pressing || is_urgent(fresh);
    if (any_late && !(fresh.order <= tip)) continue;
    const std::int64_t ready_ms = budget_.ready_ms(fresh.order.stream, moment.now_ms);
    if (ready_ms < earliest.due_ms) earliest = {id, ready_ms, fresh.order.stream};
  }
  if (is_pressing || earliest.due_ms <= moment.now_ms) return refold_for(earliest.stream, id, moment);
  waiting_.reset();
  return session_.waiting().add(earliest);
}

Result<void> ProfileFold::refold_for(const std::string& stream, NodeId id, const FoldMoment& moment) {
  const std::uint64_t before = replayed_;
  if (auto done = refold_late(id, moment); !done) return done;
  budget_.spend(stream, replayed_ - before, moment.now_ms);
  return {};
}

Result<void> ProfileFold::refold_if_waiting(NodeId id, const FoldMoment& moment) {
  auto row = session_.waiting().of(id);
  if (!row) return tl::unexpected(row.error());
  return *row ? refold_for((*row)->stream, id, moment) : Result<void>{};
}

Result<std::size_t> ProfileFold::refold_waiting(std::int64_t due_ms, const FoldMoment& moment) {
  const std::uint64_t before = replayed_;
  auto rows = session_.waiting().due(due_ms, kRefoldsPerSweep);
  if (!rows) return tl::unexpected(rows.error());
  std::size_t count = 0;
  for (const WaitingRefold& row : *rows) {
    if (replayed_ - before >= kReplayedPerSweep) break;
    if (auto done = refold_for(row.stream, row.profile, moment); !done) return tl::unexpected(done.error());
    ++count;
  }
  return count;
}

Result<std::optional<ProfileRecord>> ProfileFold::replay(NodeId id, std::optional<ProfileRecord> checkpoint,
                                                         const FoldMoment& moment, EngineLog& log) {
  ProfileRecord profile;
  if (checkpoint) {
    profile = *std::move(checkpoint);
  } else {
    auto proved = session_.identities().is_proved(id);
    if (!proved) return tl::unexpected(proved.error());
    profile.id = id;
    profile.is_proved = *proved;
    engine_.open_empty();
  }
  const std::int64_t after_ms = profile.events == 0 ? INT64_MIN : profile.last_ms;
  if (auto done = replay_after(after_ms, profile, log); !done) return tl::unexpected(done.error());
  if (profile.events == 0) return std::optional<ProfileRecord>{};
  if (auto woken = engine_.wake(moment.due_ms, profile, log); !woken) return tl::unexpected(woken.error());
  engine_.close(profile);
  ++refolded_;
  return std::optional<ProfileRecord>(std::move(profile));
}

Result<void> ProfileFold::replay_after(std::int64_t time_ms, ProfileRecord& profile, EngineLog& log) {
  auto strands = strands_of_profile(session_, profile.id);
  if (!strands) return tl::unexpected(strands.error());
  for (const StrandRecord& strand : *strands) {
    if (auto done = strands_.write_out(strand.id); !done) return done;
  }
  EventWalkOptions options;
  if (time_ms != INT64_MIN) options.after = {time_ms + 1, {}, {}};
  auto walk = EventWalk::begin(session_, *strands, options);
  if (!walk) return tl::unexpected(walk.error());
  checkpoints_.begin(profile);
  while (true) {
    auto next = walk->next();
    if (!next) return tl::unexpected(next.error());
    const OrderedEvent* event = *next;
    if (profile.events > 0 && (event == nullptr || event->order.timestamp_ms > profile.last_ms)) {
      if (auto done = checkpoints_.pass(profile, log); !done) return done;
    }
    if (event == nullptr) return {};
    auto stepped = engine_.step(event->order, event->event, profile, log);
    if (!stepped) return tl::unexpected(stepped.error());
    ++replayed_;
  }
}

Result<bool> ProfileFold::is_held_unproved(NodeId id) {
  auto known = cached(id);
  if (!known && is_damaged_profile(known.error())) return false;
  if (!known) return tl::unexpected(known.error());
  return *known != nullptr && !(*known)->record.is_proved;
}

Result<void> ProfileFold::refold(NodeId id, const FoldMoment& moment) {
  return refold_moved(
      {id}, [](NodeId same) -> Result<NodeId> { return same; }, moment);
}

Result<void> ProfileFold::refold_moved(const std::vector<NodeId>& profiles,
                                       const std::function<Result<NodeId>(NodeId)>& heir,
                                       const FoldMoment& moment) {
  Pool pool;
  for (const NodeId id : profiles) {
    if (auto done = checkpoints_.drop_all(id); !done) return done;
    auto decisions = session_.profiles().decisions(id);
    if (!decisions) return tl::unexpected(decisions.error());
    fill(pool, id, *std::move(decisions));
  }
  auto recorded = recorded_until_ms(profiles);
  if (!recorded) return tl::unexpected(recorded.error());
  for (const NodeId id : profiles) {
    if (auto done = refold_one(id, {}, pool, *recorded, moment); !done) return done;
  }
  return retract(pool, heir, *recorded, moment);
}

Result<void> ProfileFold::refold_late(NodeId id, const FoldMoment& moment) {
  auto checkpoint = checkpoints_.resume(id);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  if (!*checkpoint) return refold(id, moment);
  auto decisions = session_.profiles().open_decisions(id, (*checkpoint)->last_ms);
  if (!decisions) return tl::unexpected(decisions.error());
  Pool pool;
  fill(pool, id, *std::move(decisions));
  auto recorded = recorded_until_ms({id});
  if (!recorded) return tl::unexpected(recorded.error());
  if (auto done = refold_one(id, *std::move(checkpoint), pool, *recorded, moment); !done) return done;
  return retract(
      pool, [](NodeId same) -> Result<NodeId> { return same; }, *recorded, moment);
}

Result<void> ProfileFold::refold_one(NodeId id, std::optional<ProfileRecord> checkpoint, Pool& pool,
                                     std::int64_t recorded_until_ms, const FoldMoment& moment) {
  waiting_.reset();
  if (auto done = session_.waiting().remove(id); !done) return done;
  EngineLog log;
  auto profile = replay(id, std::move(checkpoint), moment, log);
  if (!profile && is_damaged_profile(profile.error())) return set_aside(id, profile.error(), pool, moment);
  if (!profile) return tl::unexpected(profile.error());
  auto was_damaged = is_damaged(id);
  if (!was_damaged) return tl::unexpected(was_damaged.error());
  if (*was_damaged) {
    if (auto done = session_.profiles().take_back(id); !done) return done;
    damaged_->erase(id);
  }
  if (!*profile) {
    uncache(id);
    return session_.profiles().remove(id, moment.position);
  }
  store(**std::move(profile), moment);
  return settle(id, std::move(log), pool, recorded_until_ms, moment);
}

Result<bool> ProfileFold::is_damaged(NodeId id) {
  if (!damaged_) {
    auto rows = session_.profiles().damaged();
    if (!rows) return tl::unexpected(rows.error());
    damaged_.emplace();
    for (const ProfileRows::Damaged& row : *rows) damaged_->insert(row.id);
  }
  return damaged_->contains(id);
}

// One profile that cannot be read holds up no other: it stays as it was, and so do its decisions.
Result<void> ProfileFold::set_aside(NodeId id, const Error& why, Pool& pool, const FoldMoment& moment) {
  auto known = is_damaged(id);
  if (!known) return tl::unexpected(known.error());
  uncache(id);
  if (auto done = checkpoints_.drop_all(id); !done) return done;
  std::erase_if(pool, [&](const auto& entry) { return entry.second.first == id; });
  auto done = session_.profiles().set_aside({id, moment.now_ms, why.message});
  if (!done) return done;
  if (damaged_->insert(id).second) {
    damage_.push_back({why.code, why.message + "; profile " + std::to_string(id) +
                                     " stays as it was, its events are kept; restore a backup"});
  }
  return {};
}

void ProfileFold::fill(Pool& pool, NodeId profile, std::vector<DecisionRecord> decisions) {
  for (DecisionRecord& row : decisions) {
    if (horizon_.is_frozen(row)) continue;
    std::pair<std::string, std::string> key{row.decision_id, row.slot};
    pool.emplace(std::move(key), std::pair(profile, std::move(row)));
  }
}

// Writes what a replay decided, each decision over the row that said it before where there is one.
Result<void> ProfileFold::settle(NodeId profile, EngineLog log, Pool& pool, std::int64_t recorded_until_ms,
                                 const FoldMoment& moment) {
  ProfileNews news{profile, {}};
  for (DecisionRecord& decision : log.decisions) {
    if (horizon_.is_frozen(decision) || decision.time_ms <= recorded_until_ms) continue;
    decision.position = moment.position;
    const auto [begin, end] = pool.equal_range({decision.decision_id, decision.slot});
    auto match = std::find_if(begin, end, [&](const auto& entry) {
      return entry.second.first == profile && entry.second.second.says_the_same(decision);
    });
    if (match == end) {
      match = std::find_if(begin, end, [&](const auto& entry) { return entry.second.first == profile; });
    }
    if (match == end) match = begin;
    if (match == end) {
      if (auto done = session_.profiles().insert_decision(profile, decision); !done) return done;
      ++decided_;
      news.log.decisions.push_back(std::move(decision));
      continue;
    }
    const auto& [owner, before] = match->second;
    const bool changed = before.retracted || !before.says_the_same(decision);
    decision.row = before.row;
    decision.revision = before.revision + (changed ? 1 : 0);
    if (changed || owner != profile || before.place != decision.place || before.woken != decision.woken) {
      if (auto done = session_.profiles().update_decision(profile, decision); !done) return done;
    }
    pool.erase(match);
    if (changed) news.log.decisions.push_back(std::move(decision));
  }
  news.log.assignments = std::move(log.assignments);
  tell(profile, std::move(news.log));
  return {};
}

Result<void> ProfileFold::retract(Pool& pool, const std::function<Result<NodeId>(NodeId)>& heir,
                                  std::int64_t recorded_until_ms, const FoldMoment& moment) {
  for (auto& [key, entry] : pool) {
    auto& [owner, decision] = entry;
    auto profile = heir(owner);
    if (!profile) return tl::unexpected(profile.error());
    const bool is_recorded = decision.time_ms <= recorded_until_ms;
    if ((decision.retracted || is_recorded) && *profile == owner) continue;
    if (!decision.retracted && !is_recorded) {
      decision.retracted = true;
      ++decision.revision;
      EngineLog log;
      log.decisions.push_back(decision);
      tell(*profile, std::move(log));
    }
    decision.position = moment.position;
    if (auto done = session_.profiles().update_decision(*profile, decision); !done) return done;
  }
  return {};
}

void ProfileFold::tell(NodeId profile, EngineLog log) {
  if (!log.decisions.empty() || !log.assignments.empty()) {
    changes_.push_back({profile, {log.decisions, {}, std::move(log.assignments)}});
  }
  if (!log.decisions.empty() || !log.moves.empty()) news_.push_back({profile, std::move(log)});
}

Result<void> ProfileFold::refold_forgotten(NodeId id, const FoldMoment& moment) {
  was_swept_ = true;
  if (auto done = checkpoints_.drop_all(id); !done) return done;
  EngineLog past;
  auto profile = replay(id, {}, moment, past);
  if (!profile && is_damaged_profile(profile.error())) {
    Pool none;
    return set_aside(id, profile.error(), none, moment);
  }
  if (!profile) return tl::unexpected(profile.error());
  if (*profile) {
    store(**std::move(profile), moment);
    return {};
  }
  drop(id);
  return session_.profiles().remove(id, moment.position);
}

void ProfileFold::drop(NodeId id) {
  waiting_.reset();
  if (damaged_) damaged_->erase(id);
  uncache(id);
}

Result<std::int64_t> ProfileFold::recorded_until_ms(const std::vector<NodeId>& profiles) {
  if (!was_swept_) {
    auto swept = session_.setting(kEverSwept);
    if (!swept) return tl::unexpected(swept.error());
    was_swept_ = !swept->empty();
  }
  std::int64_t until_ms = INT64_MIN;
  if (!*was_swept_) return until_ms;
  for (const NodeId id : profiles) {
    auto strands = strands_of_profile(session_, id);
    if (!strands) return tl::unexpected(strands.error());
    for (const StrandRecord& strand : *strands) {
      if (strand.swept_ms != 0) until_ms = std::max(until_ms, strand.swept_ms);
    }
  }
  return until_ms;
}

void ProfileFold::forget() {
  was_swept_.reset();
  cache_.clear();
  cache_bytes_ = 0;
  unwritten_.clear();
  unwritten_bytes_ = 0;
  news_.clear();
  changes_.clear();
  damaged_.reset();
  waiting_.reset();
  damage_.clear();
}

void ProfileFold::forget_when_full() {
  if (cache_.size() <= kCachedProfilesMax && cache_bytes_ <= kCachedProfileBytesMax) return;
  std::erase_if(cache_, [](const auto& entry) { return entry.second.is_written; });
  cache_bytes_ = 0;
  for (const auto& [id, entry] : cache_) cache_bytes_ += entry.bytes;
}

}  // namespace desirepath::collector
