#include "collector/ingest/server_context.hpp"

#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {
namespace {

void add_text(std::string& members, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  members.append(members.empty() ? "\"" : ",\"").append(name).append("\":");
  append_json_string(members, text);
}

void add_raw(std::string& members, std::string_view name, std::string_view raw) {
  members.append(members.empty() ? "\"" : ",\"").append(name).append("\":").append(raw);
}

std::string text_of(const RawMember* member) {
  return member != nullptr && is_string(member->value) ? unescape_json(member->value) : std::string();
}

}  // namespace

ServerContext::ServerContext(const Sender& sender, AddressPolicy policy, const GeoFile* geo)
    : is_server_(sender.trust == Trust::proved),
      policy_(policy),
      geo_(geo),
      user_agent_(sender.user_agent),
      address_members_(is_server_ ? std::string() : address_members(sender.address)) {}

std::string ServerContext::address_members(std::string_view address) const {
  std::string members;
  if (address.empty()) return members;
  if (const auto kept = kept_address(address, policy_)) add_text(members, "ip", *kept);
  if (geo_ == nullptr) return members;
  const Place place = geo_->find(address);
  add_text(members, "country", place.country);
  add_text(members, "region", place.region);
  add_text(members, "city", place.city);
  add_text(members, "timezone", place.timezone);
  return members;
}

const UserAgent& ServerContext::agent_of(std::string_view text) {
  if (text != last_text_) {
    last_agent_ = classify_user_agent(text);
    last_text_ = text;
  }
  return last_agent_;
}

ServerContext::Added ServerContext::of(const RawObject& context) {
  Added added;
  const RawMember* own_ip = context.find("ip");
  const std::string own_address = text_of(own_ip);
  if (own_ip != nullptr) {
    added.ip.emplace();
    if (const auto kept = kept_address(own_address, policy_)) append_json_string(*added.ip, *kept);
  }
  added.server = is_server_ ? address_members(own_address) : address_members_;
  const RawMember* own_agent = context.find("userAgent");
  UserAgent agent;
  if (own_agent != nullptr && is_string(own_agent->value)) {
    agent = agent_of(unescape_json(own_agent->value));
  } else if (!is_server_) {
    agent = agent_of(user_agent_);
  }
  if (const RawMember* hints = context.find("userAgentData")) {
    agent = classify_client_hints(hints->value, agent);
  }
  added.bot = agent.bot;
  add_text(added.server, "browser", agent.browser);
  if (agent.browser_major > 0) add_raw(added.server, "browserVersion", std::to_string(agent.browser_major));
  add_text(added.server, "os", agent.os);
  add_text(added.server, "device", agent.device);
  if (added.bot) add_raw(added.server, "bot", "true");
  return added;
}

}  // namespace desirepath::collector
