#include "collector/fold/profile_engine.hpp"

#include <algorithm>

#include "collector/fold/claimed_event.hpp"
#include "collector/identity/event_identity.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/event.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/step.hpp"
#include "sdk/engine/takeover.hpp"

namespace desirepath::collector {
namespace {

// The traits an event states: an identify's own, another's under its context.
Value stated_traits(const Value& tree) {
  const Value type = tree.at("type");
  if (type.is_string() && type.text() == "identify") return tree.at("traits");
  return tree.at("context").at("traits");
}

void note_event(ProfileRecord& profile, const EventOrder& order, const StoredEvent& event,
                const IdentifierRules& rules) {
  if (profile.events == 0) profile.first_ms = event.timestamp_ms;
  profile.last_ms = event.timestamp_ms;
  profile.tip = order;
  ++profile.events;
  profile.traits.add(event, stated_traits(event.value()),
                     [&](std::string_view trait) { return profile.is_proved && rules.is_address(trait); });
}

}  // namespace

// One version of a journey, with the room that stepping it needs.
struct ProfileEngine::Version {
  std::int64_t since_ms;
  EngineHost engine;
  ClaimedEvent claimed;
  std::vector<bool>
      is_for_servers;  // of each experiment: some trigger of it speaks elsewhere than on the web

  Version(std::int64_t since, const Program& loaded, const IdentifierRules& rules)
      : since_ms(since), engine(loaded), claimed(engine.program(), rules) {
    find_server_experiments();
  }

  void find_server_experiments() {
    const Program& program = engine.program();
    is_for_servers.resize(program.experiments().size());
    for (std::uint32_t i = 0; i < program.triggers().size(); ++i) {
      const format::TriggerRecord& trigger = program.triggers()[i];
      bool is_server = false;
      for (std::uint32_t at = trigger.actions.begin; at < trigger.actions.end; ++at) {
        const format::ActionRecord& action = program.actions()[at];
        is_server = is_server || program.string(program.channels()[action.channel].id) != kWebChannel;
      }
      if (!is_server) continue;
      for (const std::uint32_t experiment : {trigger.experiment, program.header().holdout_experiment}) {
        if (experiment != 0) is_for_servers[experiment - 1] = true;
      }
    }
  }

  // The event as this version's program reads it.
  Event bind(const StoredEvent& event, const Value& consents, EventType type, std::string_view name,
             const ProfileRecord& profile) {
    const std::span<Value> facts = engine.facts();
    bind_facts(engine.program(), event.value(), type, facts);
    const std::uint32_t consent =
        engine.program().header().facts[static_cast<std::size_t>(format::EngineFact::consent)];
    if (consent != 0) facts[consent - 1] = consents;
    if (event.trust == Trust::claimed && event.source != kCollectorSource) {
      claimed.restrain(type, name, profile.is_proved, profile.traits, facts);
    }
    return {event.timestamp_ms, type, event.message_id, name, facts};
  }
};

// A journey: its versions, oldest first, and which of them decides.
struct ProfileEngine::Host {
  std::string name;
  std::vector<std::unique_ptr<Version>> versions;
  std::size_t acting_index = 0;

  Version& acting() const { return *versions[acting_index]; }
};

ProfileEngine::ProfileEngine(std::shared_ptr<const JourneySet> journeys, const DecisionHorizon& horizon)
    : journeys_(std::move(journeys)), earlier_(horizon.earlier) {
  std::string text;
  for (const Journey& journey : journeys_->journeys) {
    auto host = std::make_unique<Host>();
    host->name = journey.name;
    if (const auto earlier = earlier_->find(journey.name); earlier != earlier_->end()) {
      for (const EarlierVersion& version : earlier->second) {
        host->versions.push_back(
            std::make_unique<Version>(version.since_ms, version.journey.view, journeys_->identifiers));
      }
    }
    const auto since = horizon.since_ms.find(journey.name);
    host->versions.push_back(std::make_unique<Version>(
        since == horizon.since_ms.end() ? INT64_MIN : since->second, journey.view, journeys_->identifiers));
    text += journey.name + ' ' + journey.program_hash;
    for (const auto& version : host->versions) text += ' ' + std::to_string(version->since_ms);
    text += '\n';
    hosts_.push_back(std::move(host));
  }
  fingerprint_ = std::to_string(message_hash(text));
}

ProfileEngine::~ProfileEngine() = default;

void ProfileEngine::open_empty() {
  for (const auto& host : hosts_) {
    host->acting_index = 0;
    for (const auto& version : host->versions) version->engine.state().reset();
  }
}

Result<void> ProfileEngine::open(const ProfileRecord& profile) {
  for (const auto& host : hosts_) {
    host->acting_index = host->versions.size() - 1;
    EngineHost& engine = host->acting().engine;
    engine.state().reset();
    const auto found = std::find_if(profile.states.begin(), profile.states.end(),
                                    [&](const JourneyState& state) { return state.journey == host->name; });
    if (found == profile.states.end() || found->state.empty()) continue;
    if (const StateAdoption adoption = engine.adopt(found->state); !adoption) {
      return failure(ErrorCode::storage,
                     "profile store: the state of journey " + host->name +
                         " is damaged, or larger than its journey allows, at byte " +
                         std::to_string(adoption.offset),
                     kDamagedProfile);
    }
  }
  return {};
}

Result<void> ProfileEngine::reach(Host& host, std::int64_t time_ms, EngineLog& log) {
  while (host.acting_index + 1 < host.versions.size() &&
         host.versions[host.acting_index + 1]->since_ms <= time_ms) {
    Version& next = *host.versions[host.acting_index + 1];
    if (auto done = wake(host, next.since_ms, log); !done) return done;
    const EngineHost& before = host.acting().engine;
    if (!take_over(next.engine.program(), next.engine.state(), before.program(), before.state(),
                   next.since_ms)) {
      return failure(ErrorCode::storage, "journey " + host.name + ": state is full", kDamagedProfile);
    }
    ++host.acting_index;
  }
  return {};
}

bool ProfileEngine::is_too_early(std::int64_t time_ms) const {
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const auto& host) { return host->acting().engine.state().clock_ms() > time_ms; });
}

bool ProfileEngine::is_too_early(const StoredEvent& event) const {
  return is_too_early(std::clamp<std::int64_t>(event.timestamp_ms, 0, kTimeMaxMs));
}

Result<void> ProfileEngine::return_consents(std::int64_t time_ms, ProfileRecord& profile, EngineLog& log) {
  while (profile.consents.next_return_ms() <= time_ms) {
    const std::int64_t at_ms = profile.consents.next_return_ms();
    profile.consents.pass_time(at_ms);
    if (auto done = apply_consents(at_ms, profile, log); !done) return done;
  }
  return {};
}

Result<void> ProfileEngine::apply_consents(std::int64_t time_ms, const ProfileRecord& profile,
                                           EngineLog& log) {
  for (const auto& host : hosts_) {
    if (auto done = reach(*host, time_ms, log); !done) return done;
    if (auto done = wake(*host, time_ms, log); !done) return done;
    for (std::size_t i = host->acting_index; i < host->versions.size(); ++i) {
      EngineHost& engine = host->versions[i]->engine;
      for (const ConsentBook::Standing& standing : profile.consents.standings()) {
        set_consent(engine.program(), engine.state(), standing.category, standing.granted);
      }
      engine.state().set_clock_ms(std::max(engine.state().clock_ms(), time_ms));
    }
  }
  return {};
}

void ProfileEngine::read_consents(const EventOrder& order, const StoredEvent& event, ProfileRecord& profile) {
  consents_.clear();
  const bool is_binding = event.trust == Trust::proved || !profile.is_proved;
  const Value tree = event.value();
  if (!is_binding) return;
  const std::vector<ConsentWord> words = consent_words(tree);
  if (words.empty() && !profile.consents.awaits_owner()) return;
  const std::string owner = to_string(identify_event(journeys_->identifiers, tree, event.message_id).owner);
  profile.consents.note_owner({order.stream, owner});
  if (words.empty()) return;
  profile.consents.take(event, words, is_consent_act(tree), {order.stream, owner});
  consents_.open_object();
  consents_.key("categoryPreferences");
  consents_.open_object();
  for (const ConsentBook::Standing& standing : profile.consents.standings()) {
    consents_.key(standing.category);
    consents_.boolean(standing.granted);
  }
  consents_.close();
  consents_.close();
}

Result<ProfileEngine::Stepped> ProfileEngine::step(const EventOrder& order, const StoredEvent& event,
                                                   ProfileRecord& profile, EngineLog& log) {
  const std::int64_t engine_time_ms = std::clamp<std::int64_t>(event.timestamp_ms, 0, kTimeMaxMs);
  if (is_too_early(engine_time_ms)) return Stepped::too_early;
  if (auto done = return_consents(engine_time_ms, profile, log); !done) return tl::unexpected(done.error());
  read_consents(order, event, profile);
  if (is_consent_remainder(event.value())) {
    if (auto done = apply_consents(engine_time_ms, profile, log); !done) return tl::unexpected(done.error());
    note_event(profile, order, event, journeys_->identifiers);
    return Stepped::done;
  }
  auto stepped = step_journeys(event, profile, log);
  if (stepped && *stepped == Stepped::done) note_event(profile, order, event, journeys_->identifiers);
  return stepped;
}

Result<ProfileEngine::Stepped> ProfileEngine::step_journeys(const StoredEvent& event,
                                                            const ProfileRecord& profile, EngineLog& log) {
  const Value tree = event.value();
  const Value consents = consents_.bytes().empty() ? Value{} : Value::read(consents_.bytes().data());
  const Value type_word = tree.at("type");
  const ParsedEventType type =
      parse_event_type(type_word.is_string() ? type_word.text() : std::string_view{});
  if (!type.ok) return Stepped::done;
  std::string_view name = to_string(type.type);
  if (type.type == EventType::track) {
    const Value named = tree.at("event");
    name = named.is_string() ? named.text() : std::string_view{};
  }
  const std::int64_t engine_time_ms = std::clamp<std::int64_t>(event.timestamp_ms, 0, kTimeMaxMs);
  for (const auto& host : hosts_) {
    if (auto done = reach(*host, engine_time_ms, log); !done) return tl::unexpected(done.error());
    for (std::size_t later = host->acting_index + 1; later < host->versions.size(); ++later) {
      Version& version = *host->versions[later];
      const Event view = version.bind(event, consents, type.type, name, profile);
      const Program& program = version.engine.program();
      State& state = version.engine.state();
      if (backfill(program, state, view, journeys_->zones->of(program, state, view)) ==
          StepError::state_full) {
        return failure(ErrorCode::storage, "journey " + host->name + ": state is full", kDamagedProfile);
      }
    }
    Version& acting = host->acting();
    const Event view = acting.bind(event, consents, type.type, name, profile);
    std::uint32_t place = 0;
    switch (acting.engine.step(
        view, Effects::recorded, [&](const Outcome& outcome) { record(*host, outcome, place, log); },
        journeys_->zones->of(acting.engine.program(), acting.engine.state(), view))) {
      case StepError::none:
      case StepError::more: break;
      case StepError::too_early: return Stepped::too_early;
      case StepError::state_full:
        return failure(ErrorCode::storage, "journey " + host->name + ": state is full", kDamagedProfile);
    }
  }
  return Stepped::done;
}

Result<void> ProfileEngine::wake(std::int64_t now_ms, ProfileRecord& profile, EngineLog& log) {
  if (auto done = return_consents(now_ms, profile, log); !done) return done;
  for (const auto& host : hosts_) {
    const std::int64_t newest_ms = host->versions.back()->since_ms;
    if (auto done = reach(*host, std::max(now_ms, newest_ms), log); !done) return done;
    if (auto done = wake(*host, now_ms, log); !done) return done;
  }
  return {};
}

Result<void> ProfileEngine::wake(Host& host, std::int64_t now_ms, EngineLog& log) {
  EngineHost& engine = host.acting().engine;
  if (next_wake(engine.state()) > now_ms) return {};
  std::uint32_t place = 0;
  const StepError error = engine.wake(
      now_ms, Effects::recorded, [&](const Outcome& outcome) { record(host, outcome, place, log); },
      journeys_->zones->of(engine.program(), engine.state()));
  if (error != StepError::none) {
    return failure(ErrorCode::storage, "journey " + host.name + ": state is full", kDamagedProfile);
  }
  return {};
}

Result<void> ProfileEngine::wake_past(std::int64_t time_ms, ProfileRecord& profile, EngineLog& log) {
  if (auto done = return_consents(time_ms, profile, log); !done) return done;
  for (const auto& host : hosts_) {
    if (auto done = reach(*host, time_ms, log); !done) return done;
    if (auto done = wake(*host, time_ms, log); !done) return done;
  }
  return {};
}

std::vector<JourneyStanding> ProfileEngine::acting() const {
  std::vector<JourneyStanding> standings;
  for (const auto& host : hosts_) {
    const EngineHost& engine = host->acting().engine;
    standings.push_back({host->name, &engine.program(), &engine.state()});
  }
  return standings;
}

std::vector<JourneyStanding> ProfileEngine::newest() const {
  std::vector<JourneyStanding> standings;
  for (const auto& host : hosts_) {
    const EngineHost& engine = host->versions.back()->engine;
    standings.push_back({host->name, &engine.program(), &engine.state()});
  }
  return standings;
}

void ProfileEngine::record(const Host& host, const Outcome& outcome, std::uint32_t& place,
                           EngineLog& log) const {
  const Program& program = host.acting().engine.program();
  for (const Decision& decision : outcome.decisions()) {
    const format::ActionRecord action = program.actions()[decision.action];
    DecisionRecord record;
    record.journey = host.name;
    record.trigger = program.string(program.triggers()[decision.trigger].id);
    record.channel = program.string(program.channels()[action.channel].id);
    if (action.slot != 0) record.slot = program.string(program.slots()[action.slot - 1].id);
    record.treatment = program.optional_string(decision.treatment);
    record.message_id = decision.anchor;
    record.reason = to_string(decision.reason);
    record.fired = decision.fired;
    record.time_ms = decision.time_ms;
    record.woken = decision.woken;
    record.place = place++;
    record.decision_id = record.message_id + '~' + record.trigger + '~' + record.channel;
    log.decisions.push_back(std::move(record));
  }
  for (const Assignment& assignment : outcome.assignments()) {
    if (!host.acting().is_for_servers[assignment.experiment]) continue;
    log.assignments.push_back({std::string(program.string(program.experiments()[assignment.experiment].id)),
                               std::string(program.optional_string(assignment.treatment)),
                               std::string(assignment.unit), std::string(assignment.anchor),
                               assignment.is_held_out, assignment.time_ms});
  }
  for (const StageMove& move : outcome.moves()) {
    StageMoveRecord record;
    record.time_ms = move.time_ms;
    record.journey = host.name;
    record.message_id = move.anchor;
    if (move.from != 0) record.from = program.string(program.stages()[move.from - 1].id);
    if (move.to != 0) record.to = program.string(program.stages()[move.to - 1].id);
    log.moves.push_back(std::move(record));
  }
}

void ProfileEngine::suspend(ProfileRecord& checkpoint) const {
  checkpoint.programs = fingerprint_;
  checkpoint.states.clear();
  for (const auto& host : hosts_) {
    for (std::size_t i = host->acting_index; i < host->versions.size(); ++i) {
      const auto bytes = host->versions[i]->engine.state().bytes();
      checkpoint.states.push_back({host->name, Bytes(bytes.begin(), bytes.end())});
    }
  }
}

bool ProfileEngine::resume(const ProfileRecord& checkpoint) {
  open_empty();
  auto next = checkpoint.states.begin();
  for (const auto& host : hosts_) {
    const auto begin = next;
    while (next != checkpoint.states.end() && next->journey == host->name) ++next;
    const auto count = static_cast<std::size_t>(next - begin);
    if (count == 0 || count > host->versions.size()) return false;
    host->acting_index = host->versions.size() - count;
    for (std::size_t i = 0; i < count; ++i) {
      EngineHost& engine = host->versions[host->acting_index + i]->engine;
      if (!engine.adopt(begin[static_cast<std::ptrdiff_t>(i)].state)) return false;
    }
  }
  return next == checkpoint.states.end();
}

void ProfileEngine::close(ProfileRecord& profile) const {
  profile.programs = fingerprint_;
  profile.states.clear();
  profile.next_wake_ms = profile.consents.next_return_ms();
  for (const auto& host : hosts_) {
    const State& state = host->versions.back()->engine.state();
    const auto bytes = state.bytes();
    profile.states.push_back({host->name, Bytes(bytes.begin(), bytes.end())});
    profile.next_wake_ms = std::min(profile.next_wake_ms, next_wake(state));
  }
}

}  // namespace desirepath::collector
