#include "collector/reading/communication.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/profile_record.hpp"

namespace desirepath::collector {
namespace {

struct NamedFact {
  std::string_view name;
  MessageFact fact;
};

// Our own fact events, then Segment's spec for e-mail and push, and the same words for SMS.
constexpr NamedFact kFacts[] = {
    {"Decision Reserved", {"", MessageStatus::reserved}},
    {"Decision Released", {"", MessageStatus::released}},
    {"Decision Delivered", {"", MessageStatus::delivered}},
    {"Decision Exposed", {"", MessageStatus::exposed}},
    {"Decision Clicked", {"", MessageStatus::clicked}},
    {"Email Sent", {"email", MessageStatus::sent}},
    {"Email Delivered", {"email", MessageStatus::delivered}},
    {"Email Bounced", {"email", MessageStatus::bounced}},
    {"Email Opened", {"email", MessageStatus::opened}},
    {"Email Link Clicked", {"email", MessageStatus::clicked}},
    {"Email Marked as Spam", {"email", MessageStatus::spam}},
    {"Unsubscribed", {"email", MessageStatus::unsubscribed}},
    {"Push Notification Sent", {"push", MessageStatus::sent}},
    {"Push Notification Received", {"push", MessageStatus::delivered}},
    {"Push Notification Bounced", {"push", MessageStatus::bounced}},
    {"Push Notification Tapped", {"push", MessageStatus::clicked}},
    {"SMS Sent", {"sms", MessageStatus::sent}},
    {"SMS Delivered", {"sms", MessageStatus::delivered}},
    {"SMS Failed", {"sms", MessageStatus::bounced}},
    {"SMS Link Clicked", {"sms", MessageStatus::clicked}},
};

std::string text_at(const Value& object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const Value value = object.at(name);
    if (value.is_string()) return std::string(value.text());
    if (value.is_number()) return json_from_tagged(value);
  }
  return {};
}

// The template that a decision's content names, from the journey that declares its trigger.
std::string declared_template(const JourneySet& journeys, const Communication& message) {
  for (const Journey& journey : journeys.journeys) {
    const Program& program = journey.view;
    for (std::uint32_t t = 0; t < program.triggers().size(); ++t) {
      const format::TriggerRecord& trigger = program.triggers()[t];
      if (program.string(trigger.id) != message.trigger) continue;
      for (std::uint32_t i = trigger.actions.begin; i < trigger.actions.end; ++i) {
        const format::ActionRecord action = program.actions()[i];
        if (program.string(program.channels()[action.channel].id) != message.channel) continue;
        const auto content = tagged_from_json(program.string(action.content));
        return content ? text_at(Value::read(content->data()), {"template"}) : std::string{};
      }
    }
  }
  return {};
}

// What the fact is about: members a later fact leaves out stay as they were said.
void take_members(Communication& message, const Value& properties) {
  const auto keep = [&](std::string& member, std::initializer_list<std::string_view> names) {
    if (std::string said = text_at(properties, names); !said.empty()) member = std::move(said);
  };
  keep(message.trigger, {"trigger"});
  keep(message.purpose, {"purpose"});
  keep(message.promise, {"promise"});
  keep(message.slot, {"slot"});
  keep(message.treatment, {"treatment"});
  keep(message.template_name, {"template", "template_id", "campaign_name", "email_subject"});
  keep(message.sender, {"sender"});
}

void add_text(std::string& json, const char* key, std::string_view value) {
  if (value.empty()) return;
  json += key;
  append_json_string(json, value);
}

}  // namespace

const char* to_string(MessageStatus status) noexcept {
  constexpr const char* kWords[] = {"reserved", "released", "sent",    "delivered",    "bounced",
                                    "exposed",  "opened",   "clicked", "unsubscribed", "spam"};
  return kWords[static_cast<std::size_t>(status)];
}

std::optional<MessageFact> message_fact(std::string_view event_name) noexcept {
  const auto* found = std::find_if(std::begin(kFacts), std::end(kFacts),
                                   [&](const NamedFact& named) { return named.name == event_name; });
  return found == std::end(kFacts) ? std::nullopt : std::optional(found->fact);
}

bool Communication::reached() const {
  return status == MessageStatus::sent || status == MessageStatus::delivered ||
         status == MessageStatus::exposed || status == MessageStatus::opened ||
         status == MessageStatus::clicked;
}

std::vector<Communication> communications_of(const std::vector<OrderedEvent>& events,
                                             const JourneySet& journeys, bool is_proved_profile) {
  std::vector<Communication> messages;
  std::unordered_map<std::string, std::size_t> by_key;
  for (const OrderedEvent& next : events) {
    const Value tree = next.event.value();
    const Value named = tree.at("event");
    if (!named.is_string()) continue;
    const auto fact = message_fact(named.text());
    const Value properties = tree.at("properties");
    if (!fact || properties.at("holdout").boolean()) continue;
    const std::string channel =
        fact->channel.empty() ? text_at(properties, {"channel"}) : std::string(fact->channel);
    const bool is_hearsay = is_proved_profile && next.event.trust == Trust::claimed;
    if (is_hearsay && channel != kWebChannel) continue;
    const std::string decision_id = text_at(properties, {"decisionId"});
    std::string key =
        decision_id.empty() ? text_at(properties, {"message_id", "email_id", "campaign_id"}) : decision_id;
    if (key.empty()) key = next.event.message_id;
    const auto [place, is_new] = by_key.emplace(channel + ' ' + key, messages.size());
    if (is_new) {
      Communication message;
      message.key = std::move(key);
      message.decision_id = decision_id;
      message.channel = channel;
      message.sender = next.event.source;
      message.first_ms = next.event.timestamp_ms;
      messages.push_back(std::move(message));
    }
    Communication& message = messages[place->second];
    take_members(message, properties);
    if (!is_new && fact->status < message.status) continue;
    message.status = fact->status;
    message.status_ms = next.event.timestamp_ms;
  }
  for (Communication& message : messages) {
    if (message.template_name.empty() && !message.trigger.empty()) {
      message.template_name = declared_template(journeys, message);
    }
  }
  return messages;
}

std::string to_json(const Communication& message) {
  std::string json = "{\"channel\":";
  append_json_string(json, message.channel);
  add_text(json, ",\"trigger\":", message.trigger);
  add_text(json, ",\"decisionId\":", message.decision_id);
  add_text(json, ",\"purpose\":", message.purpose);
  add_text(json, ",\"promise\":", message.promise);
  add_text(json, ",\"slot\":", message.slot);
  add_text(json, ",\"template\":", message.template_name);
  add_text(json, ",\"treatment\":", message.treatment);
  add_text(json, ",\"sender\":", message.sender);
  add_text(json, ",\"status\":", to_string(message.status));
  add_text(json, ",\"timestamp\":", format_timestamp(message.first_ms));
  add_text(json, ",\"statusAt\":", format_timestamp(message.status_ms));
  return json + '}';
}

}  // namespace desirepath::collector
