#include "sdk/engine/context.hpp"

#include "sdk/engine/limits.hpp"
#include "sdk/engine/page_url.hpp"
#include "sdk/engine/referrer.hpp"
#include "sdk/engine/stored_value.hpp"
#include "sdk/engine/word_list.hpp"

namespace desirepath {

using namespace format;

namespace {

// Screens narrower than this many pixels are a phone's, a tablet's.
constexpr double kMobileBelowPixels = 768;
constexpr double kTabletBelowPixels = 1024;

constexpr std::int64_t kEngagedGapMaxMs = 60'000;

// Room for a decoded text, of which storable_text keeps the beginning.
constexpr std::size_t kDecodedBytesMax = kStateValueBytesMax + 5;

// As `context.campaign` and, behind `utm_`, a page's address name the parts of a campaign; in the order of
// ContextField.
struct CampaignWord {
  std::string_view member;
  std::string_view parameter;
};
constexpr CampaignWord kCampaign[] = {{"name", "campaign"},
                                      {"source", "source"},
                                      {"medium", "medium"},
                                      {"term", "term"},
                                      {"content", "content"}};
constexpr std::string_view kUtm = "utm_";
constexpr std::string_view kClickIds = "gclid dclid wbraid gbraid fbclid msclkid ttclid twclid li_fat_id";

std::string_view text_of(const Value& value) noexcept {
  return value.is_string() ? value.text() : std::string_view{};
}

// The parts of a campaign that one event says, as written there.
struct Campaign {
  std::string_view parts[std::size(kCampaign)];
  bool is_query = false;  // encoded

  bool any() const noexcept {
    for (const std::string_view part : parts) {
      if (!part.empty()) return true;
    }
    return false;
  }
};

Campaign stated_campaign(const Value& said, std::string_view query) noexcept {
  Campaign campaign;
  for (std::size_t i = 0; i < std::size(kCampaign); ++i) {
    campaign.parts[i] = text_of(said.at(kCampaign[i].member));
  }
  if (campaign.any()) return campaign;
  campaign.is_query = true;
  QueryCursor parameters(query);
  while (parameters.next()) {
    const std::string_view name = parameters.name();
    if (name.size() <= kUtm.size() || std::string_view(name.data(), kUtm.size()) != kUtm) continue;
    const std::string_view word(name.data() + kUtm.size(), name.size() - kUtm.size());
    for (std::size_t i = 0; i < std::size(kCampaign); ++i) {
      if (word == kCampaign[i].parameter && campaign.parts[i].empty()) campaign.parts[i] = parameters.value();
    }
  }
  return campaign;
}

// The name of the first click id in a query; empty where there is none.
std::string_view stated_click_id(std::string_view query) noexcept {
  QueryCursor parameters(query);
  while (parameters.next()) {
    const bool says = !parameters.name().empty() && !parameters.value().empty();
    if (says && has_word(kClickIds, parameters.name())) return parameters.name();
  }
  return {};
}

// The records this program uses.
class ContextRecords {
 public:
  ContextRecords(const Program& program, State& state) noexcept
      : used_(program.header().uses_context), state_(state) {}

  bool keeps(ContextField field) const noexcept { return keeps_any(field, field); }
  bool keeps_any(ContextField first, ContextField last) const noexcept {
    return (used_ & ((2u << key_of(last)) - (1u << key_of(first)))) != 0;
  }
  bool has(ContextField field) const noexcept { return !state_.find(key_of(field), Family::context).empty(); }
  void forget(ContextField field) noexcept { state_.erase(key_of(field), Family::context); }

  // An empty text says nothing.
  void put(ContextField field, std::string_view text) noexcept {
    if (text.empty() || !keeps(field)) return;
    const std::string_view kept = storable_text(text);
    const MutablePayload record = state_.resize(key_of(field), Family::context, kept.size());
    if (record) std::memcpy(record.data(), kept.data(), kept.size());
  }

  void add_engaged(std::int64_t gap_ms) noexcept {
    if (!keeps(ContextField::session_engaged)) return;
    const MutablePayload record =
        state_.resize(key_of(ContextField::session_engaged), Family::context, kTimeBytes);
    if (record) store_time(record.data(), load_time(record.data()) + gap_ms);
  }

 private:
  static std::uint32_t key_of(ContextField field) noexcept { return static_cast<std::uint32_t>(field); }

  std::uint32_t used_;
  State& state_;
};

void update_campaign(ContextRecords& records, const Value& said, std::string_view query) noexcept {
  const Campaign campaign = stated_campaign(said, query);
  if (!campaign.any()) return;
  for (std::size_t i = 0; i < std::size(kCampaign); ++i) {
    const auto field = static_cast<ContextField>(i);
    char room[kDecodedBytesMax];
    if (!records.keeps(field)) continue;
    records.forget(field);
    records.put(field, campaign.is_query ? decode_query_value(campaign.parts[i], room) : campaign.parts[i]);
  }
}

void update_device(ContextRecords& records, const Program& program, const Event& event) noexcept {
  const auto said = [&](EngineFact fact) { return engine_fact(program, event, fact); };
  const std::string_view type = text_of(said(EngineFact::device).at("type"));
  const Value width = said(EngineFact::screen).at("width");
  if (!type.empty()) {
    records.put(ContextField::device_type, type);
  } else if (width.is_number() && width.number() > 0) {
    records.put(ContextField::device_type, width.number() < kMobileBelowPixels   ? "mobile"
                                           : width.number() < kTabletBelowPixels ? "tablet"
                                                                                 : "desktop");
  }
  records.put(ContextField::device_os, text_of(said(EngineFact::os).at("name")));
  records.put(ContextField::device_locale, text_of(said(EngineFact::locale)));
}

void update_session_context(ContextRecords& records, const Value& page, std::string_view url,
                            const SessionStep& session) noexcept {
  if (session.began) {
    records.forget(ContextField::session_referrer);
    records.forget(ContextField::session_landing);
    records.forget(ContextField::session_engaged);
  }
  records.add_engaged(session.gap_ms < kEngagedGapMaxMs ? session.gap_ms : kEngagedGapMaxMs);
  const std::string_view path = url.empty() ? text_of(page.at("path")) : parse_page_url(url).path;
  if (path.empty()) return;
  if (!records.has(ContextField::session_landing)) records.put(ContextField::session_landing, path);
  if (!records.has(ContextField::session_referrer)) {
    records.put(ContextField::session_referrer, referrer_class(text_of(page.at("referrer")), url));
  }
}

}  // namespace

Value context_value(const State& state, ContextField field) noexcept {
  const Payload record = state.find(static_cast<std::uint32_t>(field), Family::context);
  if (record.empty()) return {};
  if (field != ContextField::session_engaged) return Value::of(text_at(record.data(), record.size()));
  return record.size() == kTimeBytes ? Value::of(static_cast<double>(load_time(record.data()))) : Value{};
}

void update_context(const Program& program, State& state, const Event& event,
                    const SessionStep& session) noexcept {
  ContextRecords records(program, state);
  const Value page = engine_fact(program, event, EngineFact::page);
  const std::string_view url = text_of(page.at("url"));
  const std::string_view query = parse_page_url(url).query;
  if (records.keeps_any(ContextField::campaign_name, ContextField::campaign_content)) {
    update_campaign(records, engine_fact(program, event, EngineFact::campaign), query);
  }
  if (records.keeps(ContextField::click_id)) records.put(ContextField::click_id, stated_click_id(query));
  update_device(records, program, event);
  if (records.keeps_any(ContextField::session_referrer, ContextField::session_engaged)) {
    update_session_context(records, page, url, session);
  }
}

}  // namespace desirepath
