#include "collector/fold/consent_remainder.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "collector/fold/limits.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/consent_book.hpp"

namespace desirepath::collector {
namespace {

// What a sender said last of each category: of all its words, and of its proved ones alone. On a proved
// profile only those bind.
class LastWords {
 public:
  // True where one of the words is new in either view.
  bool take(std::size_t sender, Trust trust, const std::vector<ConsentWord>& words) {
    bool is_new = false;
    for (const ConsentWord& word : words) {
      is_new = differs({sender, false, std::string(word.category)}, word.granted) || is_new;
      if (trust == Trust::proved) {
        is_new = differs({sender, true, std::string(word.category)}, word.granted) || is_new;
      }
    }
    return is_new;
  }

 private:
  using Key = std::tuple<std::size_t, bool, std::string>;  // sender, of proved ones, category
  bool differs(const Key& key, bool granted) {
    const auto [known, is_first] = last_.try_emplace(key, granted);
    const bool differs = is_first || known->second != granted;
    known->second = granted;
    return differs;
  }
  std::map<Key, bool> last_;
};

void bound_remembered(std::vector<ExpiredEvent>& events) {
  std::map<std::size_t, std::vector<ExpiredEvent*>> by_sender;
  for (ExpiredEvent& expired : events) {
    if (expired.is_remembered) by_sender[expired.sender].push_back(&expired);
  }
  for (auto& [sender, remembered] : by_sender) {
    if (remembered.size() <= kRemaindersMax) continue;
    const auto end = remembered.end() - static_cast<std::ptrdiff_t>(kRemaindersMax);
    ExpiredEvent* last_withdrawal = nullptr;
    for (auto at = remembered.begin(); at != end; ++at) {
      (*at)->is_remembered = false;
      if (!is_withdrawal((*at)->event)) continue;
      if (last_withdrawal == nullptr ||
          (*at)->event.received_at_ms >= last_withdrawal->event.received_at_ms) {
        last_withdrawal = *at;
      }
    }
    if (last_withdrawal != nullptr) last_withdrawal->is_remembered = true;
  }
}

}  // namespace

void choose_remembered(std::vector<ExpiredEvent>& events) {
  LastWords last;
  for (ExpiredEvent& expired : events) {
    const Value tree = expired.event.value();
    const std::vector<ConsentWord> words = consent_words(tree);
    const bool is_new = last.take(expired.sender, expired.event.trust, words);
    expired.is_remembered = !words.empty() && (is_new || is_consent_act(tree));
  }
  bound_remembered(events);
}

bool is_withdrawal(const StoredEvent& event) {
  const std::vector<ConsentWord> words = consent_words(event.value());
  return std::any_of(words.begin(), words.end(), [](const ConsentWord& word) { return !word.granted; });
}

Result<StoredEvent> consent_remainder(const StoredEvent& event) {
  const Value tree = event.value();
  if (is_consent_remainder(tree)) return event;
  std::string json = "{\"type\":\"track\",\"event\":";
  append_json_string(json, kConsentRemainder);
  json += ",\"messageId\":";
  append_json_string(json, event.message_id);
  json += ",\"timestamp\":\"" + format_timestamp(event.timestamp_ms) + '"';
  for (const std::string_view id : {"anonymousId", "userId"}) {
    const Value value = tree.at(id);
    if (!value.is_null()) json += ",\"" + std::string(id) + "\":" + json_from_tagged(value);
  }
  json += is_consent_act(tree) ? ",\"properties\":{\"act\":true}" : ",\"properties\":{\"act\":false}";
  json += ",\"context\":{\"consent\":{\"categoryPreferences\":{";
  bool is_first = true;
  for (const ConsentWord& word : consent_words(tree)) {
    if (!std::exchange(is_first, false)) json += ',';
    append_json_string(json, word.category);
    json += word.granted ? ":true" : ":false";
  }
  json += "}}}}";
  auto tagged = tagged_from_json(json);
  if (!tagged) return tl::unexpected(tagged.error());
  StoredEvent remainder = event;
  remainder.tree = *std::move(tagged);
  remainder.json = std::move(json);
  return remainder;
}

}  // namespace desirepath::collector
