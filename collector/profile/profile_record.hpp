// One profile as the profile store keeps it, events aside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "collector/identity/identity_graph.hpp"
#include "collector/profile/consent_book.hpp"
#include "collector/profile/stored_event.hpp"
#include "collector/profile/trait_book.hpp"
#include "collector/store/byte_codec.hpp"

namespace desirepath::collector {

inline constexpr std::int64_t kNoWake = INT64_MAX;

// The channel that pages and the edge act on by themselves; all others are the collector's.
inline constexpr std::string_view kWebChannel = "web";

// What one journey remembers of the profile.
struct JourneyState {
  std::string journey;
  Bytes state;  // sdk/engine/state.hpp
};

struct ProfileRecord {
  NodeId id = 0;         // its strongest identifier
  std::string programs;  // fingerprint of the journeys that made `states`; another one: refold
  EventOrder tip;        // of the latest event folded
  std::uint64_t events = 0;
  std::int64_t first_ms = 0;  // of its earliest event
  std::int64_t last_ms = 0;   // of its latest
  std::int64_t next_wake_ms = kNoWake;
  std::uint64_t position = 0;        // in the store's history, when it last changed
  std::vector<JourneyState> states;  // in the order of the journeys
  TraitBook traits;
  ConsentBook consents;
  bool is_proved = false;  // a proved event has carried one of its identifiers
};

// One line of the decision history.
struct DecisionRecord {
  std::int64_t row = 0;  // in the store; 0 before it is there
  std::string decision_id;
  std::string journey;
  std::string trigger;
  std::string channel;
  std::string slot;
  std::string treatment;   // empty: its trigger is in no experiment, or the person not
  std::string message_id;  // of the event that fired or armed it
  std::string reason;      // empty when fired
  bool fired = false;
  std::int64_t time_ms = 0;    // logical: of the event, or when the wait ran out
  bool woken = false;          // a wait ran out; comes before the events of its millisecond
  std::uint32_t place = 0;     // among the decisions of one step
  std::uint64_t revision = 1;  // grows when a refold changes or retracts it
  bool retracted = false;
  std::uint64_t position = 0;  // in the store's history, when the row last changed

  // Whether a refold came to the same.
  bool says_the_same(const DecisionRecord& other) const {
    return fired == other.fired && reason == other.reason && time_ms == other.time_ms &&
           message_id == other.message_id && journey == other.journey && trigger == other.trigger &&
           channel == other.channel && slot == other.slot && treatment == other.treatment;
  }

  // The order of a profile's history: event by event, before those of a time what came due at it. Each
  // journey decides all that comes due at one time in one go, whatever events it goes back to.
  bool before(const DecisionRecord& other) const {
    return std::tie(time_ms, other.woken, source(), place, decision_id, row) <
           std::tie(other.time_ms, woken, other.source(), other.place, other.decision_id, other.row);
  }

 private:
  const std::string& source() const { return woken ? journey : message_id; }
};

}  // namespace desirepath::collector
