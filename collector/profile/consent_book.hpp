// What a profile has consented to, by category. A function of the set of its events, each with its receipt,
// taken in the profile's order.
//
// A withdrawal binds from its own time on. A later grant ends it for good only if it was also received no
// earlier; one that was received before the withdrawal ends it up to the withdrawal's receipt, from which it
// binds again: what was withdrawn stays withdrawn, however late the word came in and whatever time it bears.
// A grant ends the withdrawals of the same sender or of the same identifier alone, so that a merge brings the
// most restrictive consent of those it joins.
//
// Senders stamp what they believe onto every event. A stamp is a grant or a withdrawal where it differs from
// the sender's last word; repeated, it says nothing new: a page that has not heard of a withdrawal made
// elsewhere does not lift it. The consent event itself always speaks.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/profile/stored_event.hpp"
#include "collector/store/byte_codec.hpp"

namespace desirepath::collector {

// What somebody says of one category.
struct ConsentWord {
  std::string_view category;  // views the event
  bool granted = false;
};

// The words of an event: `context.consent.categoryPreferences` (Segment: an object of booleans), and the ids
// in `context.consentManagement.allowedConsentIds` and `deniedConsentIds` (RudderStack). Of a category said
// twice, no.
std::vector<ConsentWord> consent_words(const Value& event);

// Whether the event is the act of choosing: the track `Segment Consent Preference Updated`, or what is left
// of one.
bool is_consent_act(const Value& event);

// The track event that stands for an expired one whose consent is kept (fold/consent_remainder.hpp).
inline constexpr std::string_view kConsentRemainder = "Consent Remembered";
bool is_consent_remainder(const Value& event);

// Who said it, of whom.
struct ConsentSpeaker {
  std::string_view stream;  // to_string of the event's stream
  std::string_view owner;   // to_string of the event's owner
};

class ConsentBook {
 public:
  // Takes one event's words, in the profile's order. True where one of them was a grant or a withdrawal.
  bool take(const StoredEvent& event, const std::vector<ConsentWord>& words, bool is_act,
            const ConsentSpeaker& speaker);

  // Whether a withdrawal stands that a device said before anybody was named on it.
  bool awaits_owner() const;
  // Takes an event that names the person on a device: from then on their grants answer for what it withdrew.
  void note_owner(const ConsentSpeaker& speaker);

  bool empty() const { return categories_.empty(); }
  // When a withdrawal that a grant had ended binds again, the earliest; INT64_MAX for never.
  std::int64_t next_return_ms() const;
  // Those up to `time_ms` bind again.
  void pass_time(std::int64_t time_ms);

  // Where the profile stands on one category, at the time passed last.
  struct Standing {
    std::string_view category;
    bool granted;
    std::int64_t timestamp_ms;  // of the latest grant or withdrawal
    std::int64_t received_at_ms;
    Trust trust;  // of it
    std::string_view source;
    std::string_view message_id;
  };
  std::vector<Standing> standings() const;  // by category

  Bytes encode() const;
  static Result<ConsentBook> decode(std::span<const std::uint8_t> bytes);  // empty bytes are an empty book

 private:
  // A withdrawal no grant has ended for good.
  struct Withdrawal {
    std::uint64_t stream = 0;  // hashes
    std::uint64_t owner = 0;
    std::int64_t received_at_ms = 0;
    bool is_paused = false;  // a grant known before it ends it up to its receipt

    bool is_of_nobody() const { return owner == stream; }
  };
  struct SenderWord {
    std::uint64_t sender = 0;  // hash of stream and owner
    bool granted = false;
  };
  struct Category {
    std::string name;
    bool was_granted = false;
    std::vector<Withdrawal> open;
    std::vector<SenderWord> words;
    std::int64_t timestamp_ms = 0;
    std::int64_t received_at_ms = 0;
    Trust trust = Trust::claimed;
    std::string source;
    std::string message_id;

    bool is_granted() const;
    bool is_news(std::uint64_t sender, bool granted, bool is_act);
    void withdraw(std::uint64_t stream, std::uint64_t owner, std::int64_t received_at_ms);
    void grant(std::uint64_t stream, std::uint64_t owner, std::int64_t received_at_ms);
  };

  Category* find_or_add(std::string_view name);

  std::vector<Category> categories_;  // by name
};

}  // namespace desirepath::collector
