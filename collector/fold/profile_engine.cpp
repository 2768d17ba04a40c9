#include "collector/fold/profile_engine.hpp"

#include <algorithm>

#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/event.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/step.hpp"

namespace desirepath::collector {

// One journey's program with the room that stepping it needs.
struct ProfileEngine::Host {
  std::string name;
  EngineHost engine;
  std::vector<std::uint32_t> trait_facts;

  Host(const Journey& journey, const Program& loaded) : name(journey.name), engine(loaded) {
    const auto& facts = engine.program().facts();
    for (std::uint32_t i = 0; i < facts.size(); ++i) {
      if (facts[i].root == static_cast<std::uint32_t>(format::Root::traits)) trait_facts.push_back(i);
    }
  }
};

ProfileEngine::ProfileEngine(std::shared_ptr<const JourneySet> journeys) : journeys_(std::move(journeys)) {
  std::string text;
  for (const Journey& journey : journeys_->journeys) {
    hosts_.push_back(std::make_unique<Host>(journey, journey.view));
    text += journey.name + ' ' + journey.program_hash + '\n';
  }
  fingerprint_ = std::to_string(message_hash(text));
}

ProfileEngine::~ProfileEngine() = default;

void ProfileEngine::open_empty() {
  for (const auto& host : hosts_) host->engine.state().reset();
}

Result<void> ProfileEngine::open(const ProfileRecord& profile) {
  for (const auto& host : hosts_) {
    host->engine.state().reset();
    const auto found = std::find_if(profile.states.begin(), profile.states.end(),
                                    [&](const JourneyState& state) { return state.journey == host->name; });
    if (found == profile.states.end() || found->state.empty()) continue;
    if (const StateAdoption adoption = host->engine.adopt(found->state); !adoption) {
      return failure(ErrorCode::storage, "profile store: the state of journey " + host->name +
                                             " is damaged, or larger than its journey allows, at byte " +
                                             std::to_string(adoption.offset));
    }
  }
  return {};
}

Result<ProfileEngine::Stepped> ProfileEngine::step(const StoredEvent& event, const TraitBook& traits,
                                                   EngineLog& log) {
  const Value tree = event.value();
  const Value type_word = tree.at("type");
  const ParsedEventType type =
      parse_event_type(type_word.is_string() ? type_word.text() : std::string_view{});
  if (!type.ok) return Stepped::done;
  Event view;
  view.timestamp_ms = event.timestamp_ms;
  view.type = type.type;
  view.message_id = event.message_id;
  view.name = to_string(type.type);
  if (type.type == EventType::track) {
    const Value name = tree.at("event");
    view.name = name.is_string() ? name.text() : std::string_view{};
  }
  const std::int64_t engine_time_ms = std::clamp<std::int64_t>(event.timestamp_ms, 0, kTimeMaxMs);
  const auto is_early = [&](const auto& host) { return host->engine.state().clock_ms() > engine_time_ms; };
  if (std::any_of(hosts_.begin(), hosts_.end(), is_early)) return Stepped::too_early;
  for (const auto& host : hosts_) {
    const std::span<Value> facts = host->engine.facts();
    bind_facts(host->engine.program(), tree, type.type, facts);
    if (event.trust == Trust::claimed) {
      for (const std::uint32_t fact : host->trait_facts) {
        const Program& program = host->engine.program();
        if (traits.is_proved(program.string(program.facts()[fact].key))) facts[fact] = Value{};
      }
    }
    view.facts = facts;
    Outcome outcome = host->engine.outcome();
    switch (
        desirepath::step(host->engine.program(), host->engine.state(), view, Effects::recorded, outcome)) {
      case StepError::none: break;
      case StepError::too_early: return Stepped::too_early;
      case StepError::state_full:
        return failure(ErrorCode::storage, "journey " + host->name + ": state is full");
    }
    if (auto done = record(*host, outcome, log); !done) return tl::unexpected(done.error());
  }
  return Stepped::done;
}

Result<void> ProfileEngine::wake(std::int64_t now_ms, EngineLog& log) {
  for (const auto& host : hosts_) {
    if (next_wake(host->engine.state()) > now_ms) continue;
    Outcome outcome = host->engine.outcome();
    if (desirepath::wake(host->engine.program(), host->engine.state(), now_ms, Effects::recorded, outcome) !=
        StepError::none) {
      return failure(ErrorCode::storage, "journey " + host->name + ": state is full");
    }
    if (auto done = record(*host, outcome, log); !done) return done;
  }
  return {};
}

Result<void> ProfileEngine::record(const Host& host, const Outcome& outcome, EngineLog& log) const {
  const Program& program = host.engine.program();
  std::uint32_t place = 0;
  for (const Decision& decision : outcome.decisions()) {
    const format::ActionRecord action = program.actions()[decision.action];
    DecisionRecord record;
    record.journey = host.name;
    record.trigger = program.string(program.triggers()[decision.trigger].id);
    record.channel = program.string(program.channels()[action.channel].id);
    if (action.slot != 0) record.slot = program.string(program.slots()[action.slot - 1].id);
    record.message_id = decision.anchor;
    record.reason = to_string(decision.reason);
    record.fired = decision.fired;
    record.time_ms = decision.time_ms;
    record.woken = decision.woken;
    record.place = place++;
    record.decision_id = record.message_id + '~' + record.trigger + '~' + record.channel;
    log.decisions.push_back(std::move(record));
  }
  for (const StageMove& move : outcome.moves()) {
    StageMoveRecord record;
    record.time_ms = move.time_ms;
    if (move.from != 0) record.from = program.string(program.stages()[move.from - 1].id);
    if (move.to != 0) record.to = program.string(program.stages()[move.to - 1].id);
    log.moves.push_back(std::move(record));
  }
  return {};
}

void ProfileEngine::close(ProfileRecord& profile) const {
  profile.programs = fingerprint_;
  profile.states.clear();
  profile.next_wake_ms = kNoWake;
  for (const auto& host : hosts_) {
    const auto bytes = host->engine.state().bytes();
    profile.states.push_back({host->name, Bytes(bytes.begin(), bytes.end())});
    profile.next_wake_ms = std::min(profile.next_wake_ms, next_wake(host->engine.state()));
  }
}

}  // namespace desirepath::collector
