// Communications received: the facts about one decision, or about one message of another system, as one line
// that says how far it came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// How far a message came; a later fact never takes back what a stronger one said.
enum class MessageStatus : std::uint8_t {
  reserved,
  released,
  sent,
  delivered,
  bounced,
  exposed,
  opened,
  clicked,
  unsubscribed,
  spam
};
const char* to_string(MessageStatus status) noexcept;

// What an event says of a message; none for all other events.
struct MessageFact {
  std::string_view channel;  // empty: the event's properties name it
  MessageStatus status = MessageStatus::reserved;
};
std::optional<MessageFact> message_fact(std::string_view event_name) noexcept;

struct Communication {
  std::string key;  // its decisionId, else what the sender calls it
  std::string decision_id;
  std::string channel;
  std::string trigger;
  std::string purpose;
  std::string promise;
  std::string slot;
  std::string template_name;
  std::string treatment;
  std::string sender;
  MessageStatus status = MessageStatus::reserved;
  std::int64_t first_ms = 0;
  std::int64_t status_ms = 0;

  // Whether it really came to the person.
  bool reached() const;
};

// Of events in their order; in the order of their first facts. Of a proved profile a claimed fact tells what
// its device showed, and nothing of messages through servers: anybody could have said it.
std::vector<Communication> communications_of(const std::vector<OrderedEvent>& events,
                                             const JourneySet& journeys, bool is_proved_profile);

std::string to_json(const Communication& communication);

}  // namespace desirepath::collector
