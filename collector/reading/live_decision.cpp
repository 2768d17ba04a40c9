#include "collector/reading/live_decision.hpp"

#include <algorithm>
#include <optional>

#include "collector/identity/identifier.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/suppression_check.hpp"
#include "collector/reading/communication.hpp"
#include "collector/reading/limits.hpp"
#include "collector/reading/profile_past.hpp"
#include "collector/reading/profile_reading.hpp"
#include "sdk/engine/effect_gate.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/identity.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kWeb = "web";

// Where something may be said.
struct Place {
  std::string name;
  bool is_slot = false;

  bool takes(const DecisionRecord& decision) const {
    return is_slot ? decision.slot == name : decision.channel == name;
  }
};

// A decision with what its journey says of it.
struct Proposed {
  const DecisionRecord* record = nullptr;
  const JourneyStanding* standing = nullptr;
  std::uint32_t trigger = 0;
  std::uint32_t action = 0;
  bool is_standing = false;

  const Program& program() const { return *standing->program; }
  const format::TriggerRecord& declared() const { return program().triggers()[trigger]; }
  std::string_view purpose() const {
    return declared().purpose == 0 ? std::string_view{}
                                   : program().string(program().purposes()[declared().purpose - 1].id);
  }
  std::string_view promise() const {
    return declared().promise == 0 ? std::string_view{}
                                   : program().string(program().promises()[declared().promise - 1].id);
  }
};

// The person as the event finds and leaves them.
class LivePerson {
 public:
  LivePerson(ProfileSession& session, ProfileEngine& engine, std::int64_t now_ms)
      : session_(session), engine_(engine), time_ms_(now_ms) {}

  Result<void> meet(const DecisionQuestion& question, StoredEvent event);

  std::int64_t time_ms() const { return time_ms_; }
  const std::string& public_id() const { return public_id_; }  // empty: unknown
  const std::string& name() const { return name_; }            // also of who is unknown
  const std::vector<JourneyStanding>& standings() const { return standings_; }
  const std::vector<DecisionRecord>& fresh() const { return log_.decisions; }
  const std::vector<DecisionRecord>& earlier() const { return earlier_; }
  const std::string& message_id() const { return message_id_; }
  // Whether somebody has reported the decision, be it only as reserved.
  bool is_reported(std::string_view decision_id) const;
  // Whether the suppression list keeps a server channel from them.
  bool is_suppressed_on(std::string_view channel) const {
    return std::any_of(suppressions_.begin(), suppressions_.end(),
                       [&](const Suppression& entry) { return entry.covers(channel); });
  }

 private:
  Result<void> find_suppressions(const DecisionQuestion& question, const std::optional<NodeId>& profile);
  Result<void> open(NodeId profile, ProfileRecord& record);
  Result<void> step(StoredEvent event, const std::string& stream, ProfileRecord& record);

  ProfileSession& session_;
  ProfileEngine& engine_;
  std::int64_t time_ms_;
  std::string public_id_;
  std::string name_;
  std::string message_id_;
  EngineLog log_;
  std::vector<DecisionRecord> earlier_;
  std::vector<Communication> messages_;
  std::vector<JourneyStanding> standings_;
  std::vector<Suppression> suppressions_;
};

bool LivePerson::is_reported(std::string_view decision_id) const {
  return std::any_of(messages_.begin(), messages_.end(), [&](const Communication& message) {
    return message.decision_id == decision_id && message.status != MessageStatus::released;
  });
}

// The profile's state, folded anew where it was made by other journeys.
Result<void> LivePerson::open(NodeId profile, ProfileRecord& record) {
  if (record.programs == engine_.fingerprint()) return engine_.open(record);
  auto events = newest_events_of_profile(session_, profile, kPastEventsMax, false);
  if (!events) return tl::unexpected(events.error());
  auto past = fold_past(engine_, {profile, record.is_proved}, events->events, time_ms_);
  if (!past) return tl::unexpected(past.error());
  record = std::move(past->record);
  return {};
}

Result<void> LivePerson::step(StoredEvent event, const std::string& stream, ProfileRecord& record) {
  event.timestamp_ms = time_ms_;
  record.is_proved = true;
  const EventOrder order{time_ms_, event.message_id, stream};
  if (auto woken = engine_.wake_past(time_ms_, record, log_); !woken) return woken;
  auto stepped = engine_.step(order, event, record, log_);
  if (!stepped) return tl::unexpected(stepped.error());
  return {};
}

// Of the profile, and of the identifier that was asked with, be it unknown.
Result<void> LivePerson::find_suppressions(const DecisionQuestion& question,
                                           const std::optional<NodeId>& profile) {
  const IdentifierRules& rules = engine_.journeys().identifiers;
  if (profile) {
    auto entries = suppressions_of(session_, rules, *profile);
    if (!entries) return tl::unexpected(entries.error());
    suppressions_ = *std::move(entries);
  }
  const auto asked = contact_identifier(rules, question.type, question.value);
  if (!asked) return {};
  auto entries = session_.suppressions().of(*asked);
  if (!entries) return tl::unexpected(entries.error());
  suppressions_.insert(suppressions_.end(), entries->begin(), entries->end());
  return {};
}

Result<void> LivePerson::meet(const DecisionQuestion& question, StoredEvent event) {
  message_id_ = event.message_id;
  name_ = question.type + ':' + question.value;
  const auto profile = find_profile(session_, question.type, question.value);
  if (!profile && profile.error().code != ErrorCode::not_found) return tl::unexpected(profile.error());
  auto suppressed = find_suppressions(question, profile ? std::optional(*profile) : std::nullopt);
  if (!suppressed) return suppressed;
  ProfileRecord record;
  bool is_known_event = false;
  engine_.open_empty();
  if (profile) {
    auto node = session_.identities().node(*profile);
    if (!node) return tl::unexpected(node.error());
    public_id_ = desirepath::collector::public_id(node->node.identifier);
    name_ = public_id_;
    auto loaded = session_.profiles().load(*profile);
    if (!loaded) return tl::unexpected(loaded.error());
    if (*loaded) {
      record = **std::move(loaded);
      time_ms_ = std::max({time_ms_, event.timestamp_ms, record.last_ms});
      if (auto opened = open(*profile, record); !opened) return opened;
    }
    auto newest = newest_events_of_profile(session_, *profile, kRecentEventsRead, false);
    if (!newest) return tl::unexpected(newest.error());
    messages_ = communications_of(newest->events, engine_.journeys(), record.is_proved);
    is_known_event = std::any_of(newest->events.begin(), newest->events.end(), [&](const OrderedEvent& next) {
      return next.event.message_id == event.message_id;
    });
    auto decided =
        session_.profiles().decisions_after(*profile, time_ms_ - kStandingDecisionMs, kStandingDecisionsMax);
    if (!decided) return tl::unexpected(decided.error());
    earlier_ = *std::move(decided);
  }
  for (const JourneyStanding& standing : engine_.acting()) {
    time_ms_ = std::max(time_ms_, standing.state->clock_ms());
  }
  if (!is_known_event) {
    if (auto done = step(std::move(event), name_, record); !done) return done;
  }
  standings_ = engine_.acting();
  return {};
}

std::optional<Proposed> proposed(const LivePerson& person, const DecisionRecord& record) {
  for (const JourneyStanding& standing : person.standings()) {
    if (standing.journey != record.journey) continue;
    const Program& program = *standing.program;
    const std::int64_t trigger = program.find_trigger(definition_key("trigger", record.trigger));
    if (trigger < 0) return std::nullopt;
    Proposed found{&record, &standing, static_cast<std::uint32_t>(trigger), 0, false};
    const Scope scope{program, *standing.state, nullptr, person.time_ms()};
    const format::Range actions = form_of(scope, found.trigger).actions;
    for (found.action = actions.begin; found.action < actions.end; ++found.action) {
      const format::ActionRecord action = program.actions()[found.action];
      const std::string_view slot =
          action.slot == 0 ? std::string_view{} : program.string(program.slots()[action.slot - 1].id);
      if (program.string(program.channels()[action.channel].id) == record.channel && slot == record.slot) {
        return found;
      }
    }
  }
  return std::nullopt;
}

// What the answer is made of.
class LiveAnswer {
 public:
  LiveAnswer(const LivePerson& person, const JourneySet& journeys, DecisionHolds& holds, std::int64_t now_ms)
      : person_(person), journeys_(journeys), holds_(holds), now_ms_(now_ms) {}

  // Fills the place with what fired for it, or says why not.
  void fill(const Place& place);
  std::string json() const { return '[' + json_ + ']'; }

 private:
  // Empty where it may be said; else the reason.
  std::string stopped_by(const Proposed& proposal);
  std::string held_by(const Proposed& proposal);
  bool try_fill(const Place& place, const DecisionRecord& record, bool is_standing, std::string& reason);
  void add_decision(const Place& place, const Proposed& proposal);
  void open(const Place& place);

  const LivePerson& person_;
  const JourneySet& journeys_;
  DecisionHolds& holds_;
  std::int64_t now_ms_;
  std::string json_;
};

void LiveAnswer::open(const Place& place) {
  json_ += json_.empty() ? "{" : ",{";
  json_ += place.is_slot ? "\"slot\":" : "\"channel\":";
  append_json_string(json_, place.name);
}

std::string LiveAnswer::stopped_by(const Proposed& proposal) {
  if (person_.is_reported(proposal.record->decision_id)) return "purpose_served";
  const StepZones zones = journeys_.zones->of(proposal.program(), *proposal.standing->state);
  const Scope scope{proposal.program(), *proposal.standing->state, nullptr, person_.time_ms(), zones};
  const Reason reason = reason_to_stop(
      scope, {proposal.trigger, proposal.action, proposal.record->message_id, proposal.record->time_ms});
  if (reason != Reason::none) return std::string(to_string(reason));
  if (proposal.record->channel == kWeb) return {};
  return person_.is_suppressed_on(proposal.record->channel) ? "suppressed" : held_by(proposal);
}

std::string LiveAnswer::held_by(const Proposed& proposal) {
  const bool has_purpose = !proposal.purpose().empty();
  const std::string what = person_.name() + '\n' + (has_purpose ? "purpose" : "trigger") + '\n' +
                           std::string(has_purpose ? proposal.purpose() : proposal.record->trigger);
  for (int tries = 0; tries < 2; ++tries) {
    const auto holder = holds_.take(what, proposal.record->decision_id, now_ms_);
    // A standing decision that was handed to somebody is theirs; who asked with the event itself may repeat.
    const bool is_own = holder.decision_id == proposal.record->decision_id;
    if (holder.is_new || (is_own && !proposal.is_standing)) return {};
    // Reported: from now on the caps speak for it.
    if (!person_.is_reported(holder.decision_id)) break;
    holds_.release(what, holder.decision_id);
  }
  return has_purpose ? "purpose_served" : "cap_trigger";
}

bool LiveAnswer::try_fill(const Place& place, const DecisionRecord& record, bool is_standing,
                          std::string& reason) {
  if (!record.fired || record.retracted || !place.takes(record)) return false;
  auto proposal = proposed(person_, record);
  if (!proposal) return false;
  proposal->is_standing = is_standing;
  std::string stopped = stopped_by(*proposal);
  if (stopped.empty()) {
    add_decision(place, *proposal);
    return true;
  }
  if (reason.empty()) reason = std::move(stopped);
  return false;
}

void LiveAnswer::fill(const Place& place) {
  std::string reason;
  const auto& fresh = person_.fresh();
  for (auto record = fresh.rbegin(); record != fresh.rend(); ++record) {
    if (try_fill(place, *record, false, reason)) return;
    if (!record->fired && place.takes(*record) && reason.empty()) reason = record->reason;
  }
  const auto& earlier = person_.earlier();
  for (auto record = earlier.rbegin(); record != earlier.rend(); ++record) {
    const bool is_own = record->message_id == person_.message_id();
    if (try_fill(place, *record, !is_own, reason)) return;
    if (is_own && !record->fired && place.takes(*record) && reason.empty()) reason = record->reason;
  }
  open(place);
  json_ += ",\"decisionId\":null,\"reason\":";
  if (reason.empty()) {
    json_ += "null}";
  } else {
    append_json_string(json_, reason);
    json_ += '}';
  }
}

void LiveAnswer::add_decision(const Place& place, const Proposed& proposal) {
  const auto add = [&](const char* key, std::string_view value) {
    if (value.empty()) return;
    json_ += key;
    append_json_string(json_, value);
  };
  const DecisionRecord& record = *proposal.record;
  open(place);
  if (place.is_slot) add(",\"channel\":", record.channel);
  if (!place.is_slot) add(",\"slot\":", record.slot);
  add(",\"decisionId\":", record.decision_id);
  add(",\"trigger\":", record.trigger);
  add(",\"journey\":", record.journey);
  add(",\"purpose\":", proposal.purpose());
  add(",\"promise\":", proposal.promise());
  add(",\"treatment\":", record.treatment);
  const std::string_view content =
      proposal.program().string(proposal.program().actions()[proposal.action].content);
  json_ += ",\"content\":" + (content.empty() ? "null" : std::string(content));
  add(",\"timestamp\":", format_timestamp(record.time_ms));
  json_ += proposal.is_standing ? ",\"standing\":true}" : ",\"standing\":false}";
}

// Those held back by the event itself.
std::string suppressed_json(const LivePerson& person) {
  std::string json = "[";
  const auto add = [&](const DecisionRecord& record) {
    if (record.fired) return;
    json += json.size() > 1 ? ",{\"trigger\":" : "{\"trigger\":";
    append_json_string(json, record.trigger);
    json += ",\"channel\":";
    append_json_string(json, record.channel);
    if (!record.slot.empty()) {
      json += ",\"slot\":";
      append_json_string(json, record.slot);
    }
    json += ",\"reason\":";
    append_json_string(json, record.reason);
    json += '}';
  };
  for (const DecisionRecord& record : person.fresh()) add(record);
  for (const DecisionRecord& record : person.earlier()) {
    if (record.message_id == person.message_id()) add(record);
  }
  return json + ']';
}

std::vector<Place> places_of(const DecisionQuestion& question, const LivePerson& person) {
  std::vector<Place> places;
  const auto add = [&](const std::string& name, bool is_slot) {
    const bool known = std::any_of(places.begin(), places.end(), [&](const Place& place) {
      return place.name == name && place.is_slot == is_slot;
    });
    if (!known) places.push_back({name, is_slot});
  };
  for (const std::string& slot : question.slots) add(slot, true);
  for (const std::string& channel : question.channels) add(channel, false);
  if (!places.empty()) return places;
  for (const DecisionRecord& record : person.fresh()) {
    if (record.fired) add(record.slot.empty() ? record.channel : record.slot, !record.slot.empty());
  }
  return places;
}

}  // namespace

Result<std::string> decide_live(ProfileSession& session, ProfileEngine& engine, DecisionHolds& holds,
                                const DecisionQuestion& question, StoredEvent event, std::int64_t now_ms) {
  LivePerson person(session, engine, now_ms);
  if (auto met = person.meet(question, std::move(event)); !met) return tl::unexpected(met.error());
  LiveAnswer answer(person, engine.journeys(), holds, now_ms);
  for (const Place& place : places_of(question, person)) answer.fill(place);
  const ProfileReading reading = read_standings(person.standings(), engine.journeys(), person.time_ms());
  const auto text_or_null = [](const std::string& text) {
    std::string json = "null";
    if (!text.empty()) {
      json.clear();
      append_json_string(json, text);
    }
    return json;
  };
  return "\"decisions\":" + answer.json() + ",\"suppressed\":" + suppressed_json(person) +
         ",\"stage\":" + text_or_null(reading.stage) + ",\"audiences\":" + audiences_json(reading) +
         ",\"asks\":" + asks_json(reading) + ",\"profile\":" + text_or_null(person.public_id());
}

}  // namespace desirepath::collector
