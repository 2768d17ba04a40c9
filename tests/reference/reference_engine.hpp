// A second engine, slow and obvious, written from the texts of sdk/schema/JOURNEY.md and
// sdk/engine/CONDITIONS.md alone: it keeps everything that ever happened and looks it all through for each
// answer. What it says is what the real one must say. It shares no code with it.
#pragma once

#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// One person under one journey. Events come in the order of (timestamp, messageId).
class ReferenceEngine {
 public:
  // The journey must be one the compiler accepts.
  ReferenceEngine(Json journey, bool effects_at_once, Zones zones);

  // Lets time pass up to the event, then the event happen. It is Segment-shaped: type, event, messageId,
  // timestamp, properties, traits, context.
  void happen(const Json& event);

  // Lets time pass: all that is due up to then happens, each at its own time.
  void pass_time(Time until);

  // Lets time pass; then a new version of the journey takes over.
  void take_over(Json journey, Time at);

  const History& history() const { return history_; }
  // To ask facts and conditions of, without an event.
  Moment at(Time time) const { return {history_, nullptr, time}; }

 private:
  void perform_due(Time due);
  void perform(const Happening& event);

  History history_;
};

}  // namespace desirepath::reference
