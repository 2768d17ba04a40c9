#include "collector/profile/consent_book.hpp"

#include <algorithm>

#include "collector/profile/limits.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {
namespace {

constexpr std::uint64_t kVersion = 1;

void add_word(std::vector<ConsentWord>& words, std::string_view category, bool granted) {
  if (category.empty() || category.size() > kConsentCategoryBytesMax) return;
  const auto known = std::find_if(words.begin(), words.end(),
                                  [&](const ConsentWord& word) { return word.category == category; });
  if (known == words.end()) {
    if (words.size() < kConsentCategoriesMax) words.push_back({category, granted});
  } else {
    known->granted = known->granted && granted;
  }
}

void add_ids(std::vector<ConsentWord>& words, const Value& ids, bool granted) {
  if (!ids.is_array()) return;
  ValueCursor cursor(ids);
  while (cursor.next()) {
    if (cursor.value().is_string()) add_word(words, cursor.value().text(), granted);
  }
}

std::uint64_t sender_of(std::uint64_t stream, std::uint64_t owner) {
  return stream ^ (owner * 0x9E3779B97F4A7C15ULL);
}

bool is_track(const Value& event, std::string_view name) {
  const Value type = event.at("type");
  const Value said = event.at("event");
  return type.is_string() && type.text() == "track" && said.is_string() && said.text() == name;
}

}  // namespace

std::vector<ConsentWord> consent_words(const Value& event) {
  std::vector<ConsentWord> words;
  const Value context = event.at("context");
  if (!context.is_object()) return words;
  const Value preferences = context.at("consent").at("categoryPreferences");
  if (preferences.is_object()) {
    ValueCursor cursor(preferences);
    while (cursor.next()) {
      if (cursor.value().is_boolean()) add_word(words, cursor.key(), cursor.value().boolean());
    }
  }
  const Value management = context.at("consentManagement");
  if (management.is_object()) {
    add_ids(words, management.at("allowedConsentIds"), true);
    add_ids(words, management.at("deniedConsentIds"), false);
  }
  return words;
}

bool is_consent_act(const Value& event) {
  if (is_track(event, "Segment Consent Preference Updated")) return true;
  const Value act = event.at("properties").at("act");
  return is_consent_remainder(event) && act.is_boolean() && act.boolean();
}

bool is_consent_remainder(const Value& event) {
  return is_track(event, kConsentRemainder);
}

bool ConsentBook::Category::is_granted() const {
  return was_granted &&
         std::all_of(open.begin(), open.end(), [](const Withdrawal& w) { return w.is_paused; });
}

bool ConsentBook::Category::is_news(std::uint64_t sender, bool granted, bool is_act) {
  const auto known =
      std::find_if(words.begin(), words.end(), [&](const SenderWord& word) { return word.sender == sender; });
  if (known != words.end()) {
    const bool changed = known->granted != granted;
    known->granted = granted;
    return changed || is_act;
  }
  if (words.size() >= kConsentSendersMax) return is_act || !granted;
  words.push_back({sender, granted});
  return true;
}

void ConsentBook::Category::withdraw(std::uint64_t stream, std::uint64_t owner, std::int64_t received_at) {
  const auto same = std::find_if(open.begin(), open.end(), [&](const Withdrawal& w) {
    return !w.is_paused && w.stream == stream && w.owner == owner;
  });
  if (same != open.end()) {
    same->received_at_ms = std::max(same->received_at_ms, received_at);
  } else if (open.size() < kOpenWithdrawalsMax) {
    open.push_back({stream, owner, received_at, false});
  } else {
    open.back() = {stream, owner, std::max(open.back().received_at_ms, received_at), false};
  }
}

void ConsentBook::Category::grant(std::uint64_t stream, std::uint64_t owner, std::int64_t received_at) {
  was_granted = true;
  // The same device, the same person, or a device on which that person has spoken.
  const auto is_met = [&](const Withdrawal& w) {
    return w.stream == stream || w.owner == owner ||
           std::any_of(words.begin(), words.end(),
                       [&](const SenderWord& word) { return word.sender == sender_of(w.stream, owner); });
  };
  std::erase_if(open, [&](const Withdrawal& w) { return is_met(w) && received_at >= w.received_at_ms; });
  for (Withdrawal& w : open) w.is_paused = w.is_paused || is_met(w);
}

ConsentBook::Category* ConsentBook::find_or_add(std::string_view name) {
  const auto place =
      std::lower_bound(categories_.begin(), categories_.end(), name,
                       [](const Category& category, std::string_view key) { return category.name < key; });
  if (place != categories_.end() && place->name == name) return &*place;
  if (categories_.size() >= kConsentCategoriesMax) return nullptr;
  Category added;
  added.name = name;
  return &*categories_.insert(place, std::move(added));
}

bool ConsentBook::take(const StoredEvent& event, const std::vector<ConsentWord>& words, bool is_act,
                       const ConsentSpeaker& speaker) {
  const std::uint64_t stream = message_hash(speaker.stream);
  const std::uint64_t owner = message_hash(speaker.owner);
  const std::uint64_t sender = sender_of(stream, owner);
  bool is_news = false;
  for (const ConsentWord& word : words) {
    Category* category = find_or_add(word.category);
    if (category == nullptr || !category->is_news(sender, word.granted, is_act)) continue;
    is_news = true;
    if (word.granted) {
      category->grant(stream, owner, event.received_at_ms);
    } else {
      category->withdraw(stream, owner, event.received_at_ms);
    }
    category->timestamp_ms = event.timestamp_ms;
    category->received_at_ms = event.received_at_ms;
    category->trust = event.trust;
    category->source = event.source;
    category->message_id = event.message_id;
  }
  return is_news;
}

bool ConsentBook::awaits_owner() const {
  return std::any_of(categories_.begin(), categories_.end(), [](const Category& category) {
    return std::any_of(category.open.begin(), category.open.end(),
                       [](const Withdrawal& w) { return w.is_of_nobody(); });
  });
}

void ConsentBook::note_owner(const ConsentSpeaker& speaker) {
  if (speaker.owner == speaker.stream) return;
  const std::uint64_t stream = message_hash(speaker.stream);
  for (Category& category : categories_) {
    for (Withdrawal& w : category.open) {
      if (w.stream == stream && w.is_of_nobody()) w.owner = message_hash(speaker.owner);
    }
  }
}

std::int64_t ConsentBook::next_return_ms() const {
  std::int64_t next = INT64_MAX;
  for (const Category& category : categories_) {
    for (const Withdrawal& w : category.open) {
      if (w.is_paused) next = std::min(next, w.received_at_ms);
    }
  }
  return next;
}

void ConsentBook::pass_time(std::int64_t time_ms) {
  for (Category& category : categories_) {
    for (Withdrawal& w : category.open) {
      if (w.received_at_ms <= time_ms) w.is_paused = false;
    }
  }
}

std::vector<ConsentBook::Standing> ConsentBook::standings() const {
  std::vector<Standing> all;
  all.reserve(categories_.size());
  for (const Category& category : categories_) {
    all.push_back({category.name, category.is_granted(), category.timestamp_ms, category.received_at_ms,
                   category.trust, category.source, category.message_id});
  }
  return all;
}

Bytes ConsentBook::encode() const {
  if (categories_.empty()) return {};
  ByteWriter writer;
  writer.unsigned_number(kVersion);
  writer.unsigned_number(categories_.size());
  for (const Category& category : categories_) {
    writer.text(category.name);
    writer.unsigned_number(category.was_granted ? 1 : 0);
    writer.signed_number(category.timestamp_ms);
    writer.signed_number(category.received_at_ms);
    writer.unsigned_number(category.trust == Trust::proved ? 1 : 0);
    writer.text(category.source);
    writer.text(category.message_id);
    writer.unsigned_number(category.open.size());
    for (const Withdrawal& w : category.open) {
      writer.unsigned_number(w.stream);
      writer.unsigned_number(w.owner);
      writer.signed_number(w.received_at_ms);
      writer.unsigned_number(w.is_paused ? 1 : 0);
    }
    writer.unsigned_number(category.words.size());
    for (const SenderWord& word : category.words) {
      writer.unsigned_number(word.sender);
      writer.unsigned_number(word.granted ? 1 : 0);
    }
  }
  return writer.take();
}

Result<ConsentBook> ConsentBook::decode(std::span<const std::uint8_t> bytes) {
  const auto damaged =
      failure(ErrorCode::storage, "profile store: a profile's consents are damaged", kDamagedProfile);
  ConsentBook book;
  if (bytes.empty()) return book;
  ByteReader reader(bytes);
  if (reader.unsigned_number() != kVersion) return damaged;
  const std::uint64_t count = reader.unsigned_number();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    Category category;
    category.name = reader.text();
    category.was_granted = reader.unsigned_number() == 1;
    category.timestamp_ms = reader.signed_number();
    category.received_at_ms = reader.signed_number();
    category.trust = reader.unsigned_number() == 1 ? Trust::proved : Trust::claimed;
    category.source = reader.text();
    category.message_id = reader.text();
    const std::uint64_t open = reader.unsigned_number();
    for (std::uint64_t n = 0; n < open && reader.ok(); ++n) {
      Withdrawal w;
      w.stream = reader.unsigned_number();
      w.owner = reader.unsigned_number();
      w.received_at_ms = reader.signed_number();
      w.is_paused = reader.unsigned_number() == 1;
      category.open.push_back(w);
    }
    const std::uint64_t words = reader.unsigned_number();
    for (std::uint64_t n = 0; n < words && reader.ok(); ++n) {
      SenderWord word;
      word.sender = reader.unsigned_number();
      word.granted = reader.unsigned_number() == 1;
      category.words.push_back(word);
    }
    book.categories_.push_back(std::move(category));
  }
  if (!reader.ok() || !reader.at_end()) return damaged;
  return book;
}

}  // namespace desirepath::collector
