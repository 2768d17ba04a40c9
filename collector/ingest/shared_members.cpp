#include "collector/ingest/shared_members.hpp"

namespace desirepath::collector {
namespace {

std::string unescape_key(std::string_view key) {
  return unescape_json('"' + std::string(key) + '"');
}

void put(std::string& text, std::string_view key, std::string_view value) {
  text.append(text.size() > 1 ? ",\"" : "\"").append(key).append("\":").append(value);
}

std::string whole_context(std::string_view own, const SharedMembers& shared) {
  auto members = cut_object(own);
  if (!members) return std::string(own);
  add_shared(*members, shared);
  std::string text = "{";
  for (const RawMember& member : members->members) put(text, member.key, member.value);
  return text + '}';
}

}  // namespace

void add_shared(RawObject& context, const SharedMembers& shared) {
  const std::size_t own = context.members.size();
  for (const RawMember& member : shared.context_members.members) {
    if (own == 0 || context.find(unescape_key(member.key)) == nullptr) context.members.push_back(member);
  }
}

std::string spelled_out(const RawObject& event, std::optional<EventType> type, const SharedMembers& shared) {
  std::string text = "{";
  for (const RawMember& member : event.members) {
    if (key_is(member.key, "writeKey") || (type && key_is(member.key, "type"))) continue;
    const bool merges = key_is(member.key, "context") && !shared.context.empty();
    put(text, member.key, merges ? whole_context(member.value, shared) : std::string(member.value));
  }
  if (type) put(text, "type", '"' + std::string(to_string(*type)) + '"');
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty() && event.find(name) == nullptr) put(text, name, value);
  };
  add("anonymousId", shared.anonymous_id);
  add("userId", shared.user_id);
  add("context", shared.context);
  add("sentAt", shared.sent_at);
  return text + '}';
}

}  // namespace desirepath::collector
