#include "collector/reading/profile_context.hpp"

#include <algorithm>

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/reading/communication.hpp"
#include "collector/reading/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr std::int64_t kPromiseDefaultMs = 24LL * 60 * 60 * 1000;

enum class Kind { communication, content, action };
constexpr const char* kKindWords[] = {"communication", "content", "action"};

void add_text(std::string& json, const char* key, std::string_view value) {
  json += key;
  append_json_string(json, value);
}

std::string_view text_of(const Value& value) {
  return value.is_string() ? value.text() : std::string_view{};
}

Kind kind_of(std::string_view type, std::string_view name) {
  if (message_fact(name)) return Kind::communication;
  const bool engaged = name.ends_with(" Viewed") || name.ends_with(" Clicked") || name.ends_with(" Played");
  return type == "page" || type == "screen" || engaged ? Kind::content : Kind::action;
}

// An event in short: what it was, and the properties that say of what.
std::string short_json(const StoredEvent& event, std::string_view type, std::string_view name) {
  const Value tree = event.value();
  const Value properties = tree.at("properties");
  std::string json = "{";
  add_text(json, "\"timestamp\":", format_timestamp(event.timestamp_ms));
  add_text(json, ",\"messageId\":", event.message_id);
  add_text(json, ",\"type\":", type);
  add_text(json, ",\"event\":", name);
  add_text(json, ",\"source\":", event.source);
  if (properties.is_object()) json += ",\"properties\":" + json_from_tagged(properties);
  const Value page = tree.at("context").at("page");
  if (page.at("url").is_string()) add_text(json, ",\"url\":", page.at("url").text());
  if (page.at("title").is_string()) add_text(json, ",\"title\":", page.at("title").text());
  return json;
}

// A list that ends when it is full.
class ShortList {
 public:
  explicit ShortList(std::size_t length_max) : left_(length_max) {}
  bool is_full() const { return left_ == 0; }
  void add(const std::string& json) {
    if (is_full()) return;
    --left_;
    if (!text_.empty()) text_ += ',';
    text_ += json;
  }
  std::string json() const { return '[' + text_ + ']'; }

 private:
  std::size_t left_;
  std::string text_;
};

std::int64_t promise_ms(const JourneySet& journeys, std::string_view id) {
  for (const Journey& journey : journeys.journeys) {
    for (std::uint32_t i = 0; i < journey.view.promises().size(); ++i) {
      const format::PromiseRecord& promise = journey.view.promises()[i];
      if (journey.view.string(promise.id) == id) return promise.for_ms;
    }
  }
  return kPromiseDefaultMs;
}

std::string open_promises(const std::vector<Communication>& messages, const JourneySet& journeys,
                          std::int64_t now_ms) {
  ShortList open(kRecentListMax);
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    if (message->promise.empty() || !message->reached()) continue;
    const std::int64_t until_ms = message->status_ms + promise_ms(journeys, message->promise);
    if (until_ms <= now_ms) continue;
    std::string json;
    add_text(json, "{\"promise\":", message->promise);
    add_text(json, ",\"trigger\":", message->trigger);
    add_text(json, ",\"channel\":", message->channel);
    add_text(json, ",\"since\":", format_timestamp(message->status_ms));
    add_text(json, ",\"until\":", format_timestamp(until_ms));
    open.add(json + '}');
  }
  return open.json();
}

std::string newest_first(const std::vector<Communication>& messages) {
  std::vector<const Communication*> ordered;
  for (const Communication& message : messages) ordered.push_back(&message);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto* a, const auto* b) { return a->status_ms > b->status_ms; });
  ShortList list(kRecentListMax);
  for (const Communication* message : ordered) list.add(to_json(*message));
  return list.json();
}

}  // namespace

std::string context_members(const std::vector<OrderedEvent>& events, const JourneySet& journeys,
                            bool is_proved_profile, std::int64_t now_ms) {
  ShortList content(kRecentListMax);
  ShortList actions(kRecentListMax);
  ShortList interactions(kInteractionsMax);
  for (auto next = events.rbegin(); next != events.rend(); ++next) {
    const Value tree = next->event.value();
    const std::string_view type = text_of(tree.at("type"));
    std::string_view name = type == "track" ? text_of(tree.at("event")) : text_of(tree.at("name"));
    if (name.empty()) name = type;
    const Kind kind = kind_of(type, name);
    if (interactions.is_full() && content.is_full() && actions.is_full()) break;
    if (interactions.is_full() && kind == Kind::action && actions.is_full()) continue;
    const std::string json = short_json(next->event, type, name);
    interactions.add(json + ",\"kind\":\"" + kKindWords[static_cast<std::size_t>(kind)] + "\"}");
    const auto fact = message_fact(name);
    const bool was_engaged =
        fact && (fact->status == MessageStatus::exposed || fact->status == MessageStatus::opened ||
                 fact->status == MessageStatus::clicked);
    if (kind == Kind::content || was_engaged) content.add(json + '}');
    if (kind == Kind::action) actions.add(json + '}');
  }
  const std::vector<Communication> messages = communications_of(events, journeys, is_proved_profile);
  return ",\"communications\":" + newest_first(messages) + ",\"actions\":" + actions.json() +
         ",\"content\":" + content.json() + ",\"interactions\":" + interactions.json() +
         ",\"openPromises\":" + open_promises(messages, journeys, now_ms);
}

}  // namespace desirepath::collector
