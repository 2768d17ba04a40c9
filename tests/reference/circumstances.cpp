#include "tests/reference/circumstances.hpp"

#include <algorithm>
#include <regex>
#include <set>

#include "tests/reference/facts.hpp"

namespace desirepath::reference {

namespace {

std::string text_at(const Happening& event, const std::string& path) {
  const auto value = walk(event.body, path);
  return value && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<Json> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<Json>(text);
}

struct Address {
  std::string host;
  std::string path;
  std::vector<std::pair<std::string, std::string>> parameters;
};

std::string decoded(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

Address address_of(const std::string& url) {
  std::smatch parts;
  static const std::regex kUrl(R"(^(?:https?://([^/?#:]*)(?::\d+)?)?([^?#]*)(?:\?([^#]*))?.*)");
  std::regex_match(url, parts, kUrl);
  Address address{parts[1], parts[2], {}};
  if (!address.host.empty() && address.path.empty()) address.path = "/";
  static const std::regex kParameter("([^&=]+)=([^&]*)");
  const std::string query = parts[3];
  for (std::sregex_iterator at(query.begin(), query.end(), kParameter), end; at != end; ++at) {
    address.parameters.emplace_back((*at)[1], decoded((*at)[2]));
  }
  return address;
}

std::string first_parameter(const Address& address, const std::string& name) {
  for (const auto& [key, value] : address.parameters) {
    if (key == name && !value.empty()) return value;
  }
  return {};
}

// The parts of the campaign an event carries; empty where it carries none.
std::map<std::string, std::string> campaign_of(const Happening& event) {
  std::map<std::string, std::string> stated;
  std::map<std::string, std::string> of_address;
  const Address address = address_of(text_at(event, "context.page.url"));
  for (const char* part : {"name", "source", "medium", "term", "content"}) {
    const std::string word = std::string(part) == "name" ? "campaign" : part;
    const std::string said = text_at(event, std::string("context.campaign.") + part);
    const std::string parameter = first_parameter(address, "utm_" + word);
    if (!said.empty()) stated[part] = said;
    if (!parameter.empty()) of_address[part] = parameter;
  }
  return stated.empty() ? of_address : stated;
}

std::string click_id_of(const Happening& event) {
  const std::set<std::string> known{"gclid",   "dclid",  "wbraid", "gbraid",   "fbclid",
                                    "msclkid", "ttclid", "twclid", "li_fat_id"};
  for (const auto& [key, value] : address_of(text_at(event, "context.page.url")).parameters) {
    if (known.count(key) != 0 && !value.empty()) return key;
  }
  return {};
}

std::string device_of(const Happening& event, const std::string& field) {
  if (field == "os") return text_at(event, "context.os.name");
  if (field == "locale") return text_at(event, "context.locale");
  const std::string said = text_at(event, "context.device.type");
  const auto width = walk(event.body, "context.screen.width");
  if (!said.empty() || !width || !width->is_number()) return said;
  const double pixels = width->get<double>();
  return pixels < 768 ? "mobile" : pixels < 1024 ? "tablet" : "desktop";
}

// Knows the hosts that the made-up events come from.
std::string referrer_class(const std::string& referrer, const std::string& page) {
  const std::string host = address_of(referrer).host;
  if (host.empty()) return "direct";
  if (host == address_of(page).host) return "internal";
  if (host == "mail.example.org") return "mail";
  if (host == "www.google.com") return "search";
  return host == "t.co" ? "social" : "referral";
}

}  // namespace

std::optional<Json> campaign(const Moment& moment, const std::string& part) {
  std::map<std::string, std::string> latest;
  std::string click_id;
  for (const Happening& event : moment.history.events) {
    const auto carried = campaign_of(event);
    if (!carried.empty()) latest = carried;
    if (const std::string id = click_id_of(event); !id.empty()) click_id = id;
  }
  return unless_empty(part == "click_id" ? click_id : latest[part]);
}

std::optional<Json> device(const Moment& moment, const std::string& field) {
  std::string latest;
  for (const Happening& event : moment.history.events) {
    if (const std::string said = device_of(event, field); !said.empty()) latest = said;
  }
  return unless_empty(latest);
}

std::optional<Json> beginning(const std::vector<const Happening*>& session, const std::string& field) {
  for (const Happening* event : session) {
    const std::string url = text_at(*event, "context.page.url");
    const std::string path = url.empty() ? text_at(*event, "context.page.path") : address_of(url).path;
    if (path.empty()) continue;
    return field == "landing" ? path : referrer_class(text_at(*event, "context.page.referrer"), url);
  }
  return std::nullopt;
}

}  // namespace desirepath::reference
