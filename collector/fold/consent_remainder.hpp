// What is kept of an event that is older than the retention time: what it said of consent, where that still
// matters.
//
// A remainder lies in its event's place, under its messageId, time, receipt, source and trust, as
// {"type":"track","event":"Consent Remembered",…} with the ids and the consent of the event and nothing else,
// so that merges, un-merges and late words come out as if the event were whole. The fold takes its consent
// and lets no journey see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identifier.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {

// An expired event with its sender, a stream speaking of one owner.
struct ExpiredEvent {
  std::size_t sender = 0;  // the same number for the same stream and owner, whatever the trust
  StoredEvent event;       // with its JSON or without
  bool is_remembered = false;
};

// Marks those whose consent is to be kept. `events` of one profile, in its order. Words that repeat what
// their sender said last change nothing and are let go; of one sender the newest kRemaindersMax stay, and of
// what is before them the withdrawal received last.
void choose_remembered(std::vector<ExpiredEvent>& events);

// Whether the event says no to some category.
bool is_withdrawal(const StoredEvent& event);

// The remainder of an event that says something of consent; of a remainder, itself.
Result<StoredEvent> consent_remainder(const StoredEvent& event);

}  // namespace desirepath::collector
