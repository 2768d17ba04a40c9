#include "collector/fold/profile_engine.hpp"

#include <algorithm>

#include "sdk/engine/event.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/step.hpp"

namespace desirepath::collector {

// One journey's program with the room that stepping it needs.
struct ProfileEngine::Host {
  std::string name;
  Program program;
  std::vector<std::uint8_t> buffer;
  State state;
  std::vector<Decision> decisions;
  std::vector<char> anchors;
  std::vector<Value> facts;
  std::vector<std::uint32_t> trait_facts;

  Host(const Journey& journey, const Program& loaded)
      : name(journey.name),
        program(loaded),
        buffer(std::max<std::size_t>(loaded.header().state_bytes_max, State::kHeaderBytes)),
        state(buffer),
        decisions(loaded.header().decisions_max),
        anchors(std::size_t{loaded.header().waits_max} * kMessageIdBytesMax),
        facts(loaded.facts().size()) {
    for (std::uint32_t i = 0; i < program.facts().size(); ++i) {
      if (program.facts()[i].root == static_cast<std::uint32_t>(format::Root::traits)) trait_facts.push_back(i);
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
  for (const auto& host : hosts_) host->state.reset();
}

Result<void> ProfileEngine::open(const ProfileRecord& profile) {
  for (const auto& host : hosts_) {
    host->state.reset();
    const auto found = std::find_if(profile.states.begin(), profile.states.end(),
                                    [&](const JourneyState& state) { return state.journey == host->name; });
    if (found == profile.states.end() || found->state.empty()) continue;
    if (found->state.size() > host->buffer.size()) {
      return failure(ErrorCode::storage, "profile store: a state is larger than its journey allows");
    }
    std::copy(found->state.begin(), found->state.end(), host->buffer.begin());
    if (!host->state.adopt(found->state.size())) {
      return failure(ErrorCode::storage, "profile store: a state is damaged");
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
  const auto is_early = [&](const auto& host) { return host->state.clock_ms() > engine_time_ms; };
  if (std::any_of(hosts_.begin(), hosts_.end(), is_early)) return Stepped::too_early;
  for (const auto& host : hosts_) {
    std::fill(host->facts.begin(), host->facts.end(), Value{});
    bind_facts(host->program, tree, type.type, host->facts);
    if (event.trust == Trust::claimed) {
      for (const std::uint32_t fact : host->trait_facts) {
        if (traits.is_proved(host->program.string(host->program.facts()[fact].key)))
          host->facts[fact] = Value{};
      }
    }
    view.facts = host->facts;
    Outcome outcome(host->decisions, host->anchors);
    switch (desirepath::step(host->program, host->state, view, Effects::recorded, outcome)) {
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
    if (next_wake(host->state) > now_ms) continue;
    Outcome outcome(host->decisions, host->anchors);
    if (desirepath::wake(host->program, host->state, now_ms, Effects::recorded, outcome) != StepError::none) {
      return failure(ErrorCode::storage, "journey " + host->name + ": state is full");
    }
    if (auto done = record(*host, outcome, log); !done) return done;
  }
  return {};
}

Result<void> ProfileEngine::record(const Host& host, const Outcome& outcome, EngineLog& log) const {
  const Program& program = host.program;
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
    record.to = program.string(program.stages()[move.to].id);
    log.moves.push_back(std::move(record));
  }
  return {};
}

void ProfileEngine::close(ProfileRecord& profile) const {
  profile.programs = fingerprint_;
  profile.states.clear();
  profile.next_wake_ms = kNoWake;
  for (const auto& host : hosts_) {
    const auto bytes = host->state.bytes();
    profile.states.push_back({host->name, Bytes(bytes.begin(), bytes.end())});
    profile.next_wake_ms = std::min(profile.next_wake_ms, next_wake(host->state));
  }
}

}  // namespace desirepath::collector
