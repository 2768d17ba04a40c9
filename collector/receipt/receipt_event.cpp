#include "collector/receipt/receipt_event.hpp"

#include <algorithm>
#include <cstdio>

#include "collector/ingest/limits.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "sdk/engine/identity.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector {
namespace {

struct Outcome {
  std::string_view word;
  std::string_view event;
};
constexpr Outcome kOutcomes[] = {{"exposed", "Decision Exposed"},
                                 {"delivered", "Decision Delivered"},
                                 {"reserved", "Decision Reserved"},
                                 {"failed", "Decision Released"}};

// Members that become properties of the fact, in this order.
constexpr std::string_view kProperties[] = {"decisionId", "trigger",   "purpose",  "promise", "channel",
                                            "slot",       "treatment", "template", "sender",  "reason"};
constexpr std::string_view kOthers[] = {"outcome",    "userId",    "anonymousId",
                                        "identifier", "messageId", "timestamp"};

std::uint64_t hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t value = 14695981039346656037ULL ^ seed;
  for (const char c : text) value = (value ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
  return value ^ value >> 29;
}

std::string message_id_of(const std::string& decision_id, std::string_view outcome) {
  std::string id = decision_id + '~' + std::string(outcome);
  if (id.size() <= kMessageIdBytesMax) return id;
  char short_id[48];
  std::snprintf(short_id, sizeof short_id, "receipt-%016llx%016llx",
                static_cast<unsigned long long>(hash(id, 0)),
                static_cast<unsigned long long>(hash(id, 0x9E3779B97F4A7C15ULL)));
  return short_id;
}

class ReceiptReader {
 public:
  ReceiptReader(const RawObject& object, const JourneySet& journeys) : object_(object), journeys_(journeys) {}

  tl::expected<void, EventMistake> read() {
    for (const RawMember& member : object_.members) {
      if (auto done = read_member(member); !done) return done;
    }
    const std::string word = text("outcome");
    const auto* outcome = std::find_if(std::begin(kOutcomes), std::end(kOutcomes),
                                       [&](const Outcome& known) { return known.word == word; });
    if (outcome == std::end(kOutcomes)) {
      return mistake("'outcome' must be exposed, delivered, reserved or failed", "outcome");
    }
    outcome_ = outcome;
    if (!text("decisionId").empty()) return read_decision();
    if (text("channel").empty())
      return mistake("a receipt names its 'decisionId' or its 'channel'", "channel");
    if (outcome_->word == "failed") {
      return mistake("only what was decided here can fail: it needs the 'decisionId'", "decisionId");
    }
    return {};
  }

  std::string text(std::string_view name) const {
    const auto found =
        std::find_if(texts_.begin(), texts_.end(), [&](const auto& member) { return member.first == name; });
    return found == texts_.end() ? std::string() : found->second;
  }

  std::string event(const KnownPerson& person) const {
    std::string out = "{\"type\":\"track\",\"event\":";
    append_json_string(out, outcome_->event);
    const auto add = [&](std::string_view name, std::string_view value) {
      if (value.empty()) return;
      out.append(",\"").append(name).append("\":");
      append_json_string(out, value);
    };
    const std::string decision_id = text("decisionId");
    add("messageId", decision_id.empty() ? text("messageId") : message_id_of(decision_id, outcome_->word));
    add("userId", person.user_id);
    add("anonymousId", person.anonymous_id);
    if (!timestamp_.empty()) out.append(",\"timestamp\":").append(timestamp_);
    out += ",\"properties\":{";
    bool first = true;
    for (const std::string_view name : kProperties) {
      const std::string value = text(name);
      if (value.empty()) continue;
      out.append(first ? "\"" : ",\"").append(name).append("\":");
      append_json_string(out, value);
      first = false;
    }
    return out + "}}";
  }

 private:
  using Step = tl::expected<void, EventMistake>;
  static tl::unexpected<EventMistake> mistake(std::string message, std::string_view field) {
    return tl::unexpected(EventMistake{RejectCode::bad_receipt, std::move(message), std::string(field)});
  }

  Step read_member(const RawMember& member) {
    const std::string key = unescape_json('"' + std::string(member.key) + '"');
    const auto knows = [&](const auto& names) {
      return std::find(std::begin(names), std::end(names), key) != std::end(names);
    };
    if (!knows(kProperties) && !knows(kOthers)) return mistake("a receipt has no member of this name", key);
    if (is_null(member.value)) return {};
    if (key == "timestamp") {
      timestamp_ = member.value;  // judged with the event
      return {};
    }
    if (!is_string(member.value)) return mistake("'" + key + "' must be a text", key);
    std::string value = unescape_json(member.value);
    if (value.size() > kReceiptTextBytesMax) {
      return mistake("'" + key + "' has more than " + std::to_string(kReceiptTextBytesMax) + " bytes", key);
    }
    set(key, std::move(value));
    return {};
  }
  void set(std::string_view name, std::string value) {
    std::erase_if(texts_, [&](const auto& member) { return member.first == name; });
    texts_.emplace_back(name, std::move(value));
  }

  // <anchor messageId>~<trigger>~<channel>
  Step read_decision() {
    const std::string id = text("decisionId");
    const std::size_t channel = id.rfind('~');
    const std::size_t trigger =
        channel == std::string::npos || channel == 0 ? std::string::npos : id.rfind('~', channel - 1);
    if (trigger == std::string::npos || trigger == 0 || trigger + 1 == channel || channel + 1 == id.size()) {
      return mistake("'decisionId' is <messageId>~<trigger>~<channel>, as decisions carry it", "decisionId");
    }
    const std::pair<std::string_view, std::string> said[] = {
        {"channel", id.substr(channel + 1)}, {"trigger", id.substr(trigger + 1, channel - trigger - 1)}};
    for (const auto& [name, value] : said) {
      if (const std::string own = text(name); !own.empty() && own != value) {
        return mistake("'" + std::string(name) + "' is not the decision's", name);
      }
      set(name, value);
    }
    add_promise(said[1].second);
    return {};
  }

  void add_promise(const std::string& trigger) {
    for (const Journey& journey : journeys_.journeys) {
      const Program& program = journey.view;
      const std::int64_t found = program.find_trigger(definition_key("trigger", trigger));
      if (found < 0) continue;
      const format::TriggerRecord record = program.triggers()[static_cast<std::uint32_t>(found)];
      if (record.purpose != 0)
        set("purpose", std::string(program.string(program.purposes()[record.purpose - 1].id)));
      if (record.promise != 0)
        set("promise", std::string(program.string(program.promises()[record.promise - 1].id)));
      return;
    }
  }

  const RawObject& object_;
  const JourneySet& journeys_;
  const Outcome* outcome_ = nullptr;
  std::string timestamp_;
  std::vector<std::pair<std::string, std::string>> texts_;
};

}  // namespace

Result<tl::expected<std::string, EventMistake>> receipt_event(std::string_view json,
                                                              const JourneySet& journeys,
                                                              const FindPerson& find_person) {
  using Answer = tl::expected<std::string, EventMistake>;
  const auto refuse = [](std::string message, std::string field) -> Answer {
    return tl::unexpected(EventMistake{RejectCode::bad_receipt, std::move(message), std::move(field)});
  };
  const auto object = cut_object(json);
  if (!object) return refuse("a receipt must be an object", "");
  ReceiptReader receipt(*object, journeys);
  if (auto read = receipt.read(); !read) return Answer(tl::unexpected(std::move(read.error())));
  KnownPerson person{receipt.text("userId"), receipt.text("anonymousId")};
  if (person.user_id.empty() && person.anonymous_id.empty()) {
    const std::string identifier = receipt.text("identifier");
    const std::size_t colon = identifier.find(':');
    if (colon == std::string::npos) {
      return refuse("a receipt names its person: 'userId', 'anonymousId', or 'identifier' as TYPE:VALUE",
                    "identifier");
    }
    auto found = find_person(std::string_view(identifier).substr(0, colon),
                             std::string_view(identifier).substr(colon + 1));
    if (!found) return tl::unexpected(std::move(found.error()));
    if (!*found) return refuse("nobody is known by this identifier", "identifier");
    person = **std::move(found);
  }
  return Answer(receipt.event(person));
}

}  // namespace desirepath::collector
