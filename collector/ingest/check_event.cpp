#include "collector/ingest/check_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "collector/identity/limits.hpp"
#include "collector/ingest/json_check.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ingest/message_id.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr double kTimestampMaxMs = 253'402'300'799'999;  // the end of the year 9999
constexpr std::string_view kObjectMembers[] = {"properties", "traits", "context", "integrations"};

using Mistake = tl::unexpected<EventMistake>;

Mistake mistake(RejectCode code, std::string message) {
  return Mistake(EventMistake{code, std::move(message)});
}

Mistake bad_member(std::string_view name) {
  return mistake(RejectCode::bad_member, "'" + std::string(name) + "' must be an object");
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// One event on its way: what it said, and what is said in its place.
class EventCheck {
 public:
  EventCheck(std::string_view json, const EventCircumstance& circumstance, RawObject object)
      : json_(json), circumstance_(circumstance), object_(std::move(object)) {}

  tl::expected<CheckedEvent, EventMistake> run() {
    for (auto step :
         {&EventCheck::type, &EventCheck::ids, &EventCheck::name, &EventCheck::members, &EventCheck::plan,
          &EventCheck::context, &EventCheck::message_id, &EventCheck::timestamp}) {
      if (auto done = (this->*step)(); !done) return Mistake(std::move(done.error()));
    }
    checked_.event.json = compose();
    if (checked_.event.json.size() > circumstance_.event_bytes_max + kStampBytesMax) {
      return Mistake(too_large(circumstance_));
    }
    return std::move(checked_);
  }
  static EventMistake too_large(const EventCircumstance& circumstance) {
    return {RejectCode::too_large,
            "the event is larger than " + std::to_string(circumstance.event_bytes_max) + " bytes"};
  }

 private:
  using Step = tl::expected<void, EventMistake>;

  // The member's raw value; empty where it is absent or null.
  std::string_view value_of(std::string_view name) const {
    const RawMember* member = object_.find(name);
    return member == nullptr || is_null(member->value) ? std::string_view() : member->value;
  }
  void replace(std::string_view name, std::string raw) {
    replaced_.push_back(name);
    added_.append(",\"").append(name).append("\":").append(raw);
  }

  Step type() {
    const std::string_view said = value_of("type");
    const std::string word = is_string(said) ? unescape_json(said) : std::string();
    if (circumstance_.type) {
      type_ = *circumstance_.type;
      if (word != to_string(type_)) replace("type", '"' + std::string(to_string(type_)) + '"');
      return {};
    }
    const ParsedEventType parsed = parse_event_type(word);
    if (!parsed.ok) {
      return mistake(RejectCode::bad_type, "'type' must be track, page, screen, identify, group or alias");
    }
    type_ = parsed.type;
    return {};
  }

  // The text of an id member; empty where there is none.
  tl::expected<std::string, EventMistake> id(std::string_view name, std::string_view raw) const {
    if (raw.empty() || is_null(raw)) return std::string();
    const bool number = raw.front() == '-' || (raw.front() >= '0' && raw.front() <= '9');
    const bool integer = number && raw.find_first_of(".eE") == std::string_view::npos && raw.size() <= 17;
    std::string text = is_string(raw) ? unescape_json(raw) : integer ? std::string(raw) : std::string();
    if ((!is_string(raw) && !integer) || text.size() > kIdentifierBytesMax || has_control(text)) {
      return mistake(RejectCode::bad_id, "'" + std::string(name) + "' must be a text of at most " +
                                             std::to_string(kIdentifierBytesMax) + " bytes");
    }
    return text;
  }
  tl::expected<std::string, EventMistake> shared_id(std::string_view name, std::string_view shared) {
    if (object_.find(name) != nullptr || shared.empty()) return id(name, value_of(name));
    auto text = id(name, shared);
    if (text && !text->empty()) replace(name, std::string(shared));
    return text;
  }
  Step ids() {
    const SharedMembers none;
    const SharedMembers& shared = circumstance_.shared == nullptr ? none : *circumstance_.shared;
    auto anonymous = shared_id("anonymousId", shared.anonymous_id);
    if (!anonymous) return Mistake(std::move(anonymous.error()));
    auto user = shared_id("userId", shared.user_id);
    if (!user) return Mistake(std::move(user.error()));
    if (anonymous->empty() && user->empty()) {
      return mistake(RejectCode::missing_id, "the event names nobody: it needs 'anonymousId' or 'userId'");
    }
    if (type_ == EventType::alias) {
      const auto previous = id("previousId", value_of("previousId"));
      if (!previous) return Mistake(previous.error());
      if (previous->empty() || user->empty()) {
        return mistake(RejectCode::missing_id, "an alias needs 'previousId' and 'userId'");
      }
    }
    if (type_ == EventType::group) {
      const auto group = id("groupId", value_of("groupId"));
      if (!group) return Mistake(group.error());
      if (group->empty()) return mistake(RejectCode::missing_id, "a group call needs 'groupId'");
    }
    anonymous_id_ = std::move(*anonymous);
    checked_.stream = anonymous_id_.empty() ? std::move(*user) : anonymous_id_;
    return {};
  }

  Step name() {
    if (type_ != EventType::track) return {};
    const std::string_view raw = value_of("event");
    std::string text = is_string(raw) ? unescape_json(raw) : std::string();
    if (text.empty() || text.size() > kEventNameBytesMax || has_control(text)) {
      return mistake(RejectCode::bad_event_name,
                     "'event' must be a text of 1 to " + std::to_string(kEventNameBytesMax) + " bytes");
    }
    name_ = std::move(text);
    return {};
  }

  Step members() {
    for (const std::string_view name : kObjectMembers) {
      const std::string_view raw = value_of(name);
      if (!raw.empty() && raw.front() != '{') return bad_member(name);
    }
    if (object_.find("writeKey") != nullptr) replaced_.push_back("writeKey");
    traits_ = value_of("traits");
    if (type_ == EventType::identify && traits_.empty()) take_traits_of_context();
    return {};
  }

  // RudderStack's clients say there what an identify is about.
  void take_traits_of_context() {
    const auto context = cut_object(value_of("context"));
    const RawMember* traits = context ? context->find("traits") : nullptr;
    if (traits == nullptr || !traits->value.starts_with('{')) return;
    traits_ = traits->value;
    replace("traits", std::string(traits_));
  }

  Step plan() {
    if (circumstance_.plan == nullptr) return {};
    const bool of_traits = type_ == EventType::identify || type_ == EventType::group;
    auto verdict = circumstance_.plan->judge(type_, name_, of_traits ? traits_ : value_of("properties"));
    if (!verdict) return {};
    if (verdict->mode == PlanMode::reject) {
      return Mistake(EventMistake{RejectCode::plan, std::move(verdict->message), std::move(verdict->field)});
    }
    checked_.warning = std::move(verdict);
    return {};
  }

  // The event's context: its own members, then those of the batch that it does not have, then what the
  // collector knows.
  Step context() {
    const RawMember* own = object_.find("context");
    const bool has_own = own != nullptr && !is_null(own->value);
    RawObject members;
    if (has_own) {
      auto cut = cut_object(own->value);
      if (!cut) return bad_member("context");
      members = std::move(*cut);
    }
    const std::size_t own_count = members.members.size();
    if (circumstance_.shared != nullptr && (has_own || own == nullptr)) {
      add_shared(members, *circumstance_.shared);
    }
    bool rewritten = members.members.size() != own_count;
    ServerContext::Added added;
    if (circumstance_.server != nullptr) {
      added = circumstance_.server->of(members);
      if (added.bot && circumstance_.drop_bots) {
        return mistake(RejectCode::bot,
                       "the sender is a machine that reads pages by itself, and this "
                       "collector drops those");
      }
      rewritten = rewritten || added.ip || members.find("server") != nullptr;
    }
    if (const RawMember* sent = members.find("sentAt")) context_sent_at_ = sent->value;
    if (checked_.warning) {
      added.server.append(added.server.empty() ? "\"plan\":" : ",\"plan\":");
      append_json_string(added.server, checked_.warning->message);
    }
    if (rewritten || !added.server.empty()) replace("context", context_text(members, added));
    return {};
  }
  std::string context_text(const RawObject& members, const ServerContext::Added& added) const {
    std::string text = "{";
    const auto put = [&](std::string_view key, std::string_view value) {
      text.append(text.size() > 1 ? ",\"" : "\"").append(key).append("\":").append(value);
    };
    for (const RawMember& member : members.members) {
      if (added.ip && key_is(member.key, "ip")) continue;
      if (circumstance_.server != nullptr && key_is(member.key, "server")) continue;
      put(member.key, member.value);
    }
    if (added.ip && !added.ip->empty()) put("ip", *added.ip);
    if (!added.server.empty()) put("server", '{' + added.server + '}');
    return text + '}';
  }
  Step message_id() {
    if (!circumstance_.message_id.empty()) {
      checked_.event.message_id = circumstance_.message_id;
      std::string text;
      append_json_string(text, checked_.event.message_id);
      replace("messageId", std::move(text));
      return {};
    }
    const std::string_view raw = value_of("messageId");
    std::string id = is_string(raw) ? unescape_json(raw) : std::string();
    if ((!raw.empty() && !is_string(raw)) || id.size() > kMessageIdBytesMax || has_control(id)) {
      return mistake(RejectCode::bad_message_id, "'messageId' must be a text of at most " +
                                                     std::to_string(kMessageIdBytesMax) + " bytes");
    }
    if (id.empty()) {
      id = mint_message_id(circumstance_.received_at_ms);
      replace("messageId", '"' + id + '"');
    }
    checked_.event.message_id = std::move(id);
    return {};
  }

  static std::optional<std::int64_t> time_of(std::string_view raw) {
    if (is_string(raw)) return parse_timestamp(unescape_json(raw));
    double ms = 0;
    const auto parsed = std::from_chars(raw.data(), raw.data() + raw.size(), ms);
    if (parsed.ec != std::errc() || parsed.ptr != raw.data() + raw.size()) return std::nullopt;
    if (!(ms >= 0) || ms > kTimestampMaxMs) return std::nullopt;
    return static_cast<std::int64_t>(ms);
  }
  Step timestamp() {
    const std::string_view raw = value_of("timestamp");
    const std::string_view original = value_of("originalTimestamp");
    std::optional<std::int64_t> time;
    if (!raw.empty()) {
      time = time_of(raw);
      if (!time) {
        return mistake(RejectCode::bad_timestamp, "'timestamp' must be ISO 8601 or milliseconds since 1970");
      }
    } else if (!original.empty()) {
      time = time_of(original);
    }
    const std::int64_t received_ms = circumstance_.received_at_ms;
    const std::int64_t said_ms = time.value_or(received_ms);
    const std::int64_t right_ms = time ? std::max<std::int64_t>(said_ms + clock_offset_ms(), 0) : said_ms;
    checked_.event.timestamp_ms = std::min(right_ms, received_ms);
    if (said_ms != checked_.event.timestamp_ms && original.empty()) {
      replace("originalTimestamp", std::string(raw));
    }
    std::string text = '"' + format_timestamp(checked_.event.timestamp_ms) + '"';
    if (raw != text) replace("timestamp", std::move(text));
    return {};
  }
  // What the device's clock lacks; 0 where it is right or nobody knows.
  std::int64_t clock_offset_ms() const {
    if (circumstance_.clocks == nullptr || anonymous_id_.empty()) return 0;
    std::string_view sent = value_of("sentAt");
    if (sent.empty()) sent = context_sent_at_;
    if (sent.empty() && circumstance_.shared != nullptr) sent = circumstance_.shared->sent_at;
    const auto sent_ms = sent.empty() ? std::nullopt : time_of(sent);
    return sent_ms ? circumstance_.clocks->offset_ms(anonymous_id_, *sent_ms) : 0;
  }

  bool is_replaced(std::string_view key) const {
    return std::any_of(replaced_.begin(), replaced_.end(),
                       [&](std::string_view name) { return key_is(key, name); });
  }
  std::string compose() const {
    std::string out;
    if (replaced_.empty()) {
      out = json_;
    } else {
      out.reserve(json_.size() + added_.size() + 2);
      for (const RawMember& member : object_.members) {
        if (is_replaced(member.key)) continue;
        out.append(",\"").append(member.key).append("\":").append(member.value);
      }
      out.append(added_).append("}");
      out.front() = '{';
    }
    // In JSON a line break is nothing but space.
    if (out.find_first_of("\r\n") != std::string::npos) {
      std::replace_if(
          out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
    }
    return out;
  }

  const std::string_view json_;
  const EventCircumstance& circumstance_;
  const RawObject object_;
  EventType type_ = EventType::track;
  std::string name_;  // of a track event
  std::string anonymous_id_;
  std::string_view context_sent_at_;
  std::string_view traits_;
  std::vector<std::string_view> replaced_;  // members of the event that are left out
  std::string added_;                       // members in their place, each after a comma
  CheckedEvent checked_;
};

}  // namespace

tl::expected<CheckedEvent, EventMistake> check_event(std::string_view json,
                                                     const EventCircumstance& circumstance) {
  json = trim_json(json);
  if (json.size() > circumstance.event_bytes_max) return Mistake(EventCheck::too_large(circumstance));
  auto object = cut_object(json);
  if (!object) return mistake(RejectCode::not_an_object, "an event must be an object");
  int depth = object->depth;
  if (circumstance.shared != nullptr) depth = std::max(depth, circumstance.shared->context_members.depth + 1);
  if (depth > kValueDepthMax) {
    return mistake(RejectCode::too_deep, "the event is nested deeper than " + std::to_string(kValueDepthMax));
  }
  return EventCheck(json, circumstance, std::move(*object)).run();
}

tl::expected<CheckedEvent, EventMistake> read_event(const std::string& json,
                                                    const EventCircumstance& circumstance) {
  if (json.size() <= circumstance.event_bytes_max && !is_plain_json(json)) {
    // Depth has its own word; everything else is what the reader behind says.
    const auto object = cut_object(json);
    if (object && object->depth > kValueDepthMax) return check_event(json, circumstance);
    if (const auto tagged = tagged_from_json(json); !tagged) {
      return mistake(RejectCode::not_json, tagged.error().message);
    }
  }
  return check_event(json, circumstance);
}

}  // namespace desirepath::collector
