#include "sdk/engine/person_clock.hpp"

#include <algorithm>

namespace desirepath {

using namespace format;

namespace {

constexpr std::uint32_t kClockKey = fnv1a("clock");
constexpr std::size_t kNameAt = 2;  // behind the stated offset, i16 minutes
constexpr std::int16_t kNoOffset = INT16_MIN;

constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_name_byte(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
         c == '-' || c == '+';
}

// Whole minutes within the world's offsets, else kNoOffset.
std::int16_t stated_offset(const Program& program, const Event& event) noexcept {
  const Value said = engine_fact(program, event, EngineFact::utc_offset);
  if (!said.is_number()) return kNoOffset;
  const double minutes = said.number();
  const bool is_offset = minutes >= -kUtcOffsetMinutesMax && minutes <= kUtcOffsetMinutesMax;
  if (!is_offset || static_cast<std::int16_t>(minutes) != minutes) return kNoOffset;
  return static_cast<std::int16_t>(minutes);
}

std::int32_t remembered_offset(Payload record) noexcept {
  const std::int16_t offset = record.size() < kNameAt ? kNoOffset : load<std::int16_t>(record.data());
  return offset == kNoOffset ? 0 : offset;
}

}  // namespace

bool is_zone_name(std::string_view text) noexcept {
  return text == "UTC" || (text.size() <= kZoneNameBytesMax && text.find('/') != std::string_view::npos &&
                           text.find("//") == std::string_view::npos && is_upper(text.front()) &&
                           std::all_of(text.begin(), text.end(), is_name_byte));
}

std::string_view zone_name(const State& state) noexcept {
  const Payload record = state.find(kClockKey, Family::clock);
  if (record.size() <= kNameAt) return {};
  return text_at(record.data() + kNameAt, record.size() - kNameAt);
}

std::string_view stated_zone(const Program& program, const Event& event) noexcept {
  const Value said = engine_fact(program, event, EngineFact::timezone);
  return said.is_string() && is_zone_name(said.text()) ? said.text() : std::string_view{};
}

void update_person_clock(const Program& program, State& state, const Event& event) noexcept {
  const std::string_view zone = stated_zone(program, event);
  const std::int16_t offset = stated_offset(program, event);
  if (zone.empty() && offset == kNoOffset) return;
  const std::size_t held = state.find(kClockKey, Family::clock).size();
  const std::size_t size = !zone.empty() ? kNameAt + zone.size() : held < kNameAt ? kNameAt : held;
  const MutablePayload record = state.resize(kClockKey, Family::clock, size);
  if (!record) return;
  if (held < kNameAt || offset != kNoOffset) store(record.data(), offset);
  if (!zone.empty()) std::memcpy(record.data() + kNameAt, zone.data(), zone.size());
}

LocalClock person_clock(const State& state, ZoneTable zones) noexcept {
  const std::string_view name = zone_name(state);
  for (const ZoneRules& zone : zones) {
    if (!name.empty() && zone.name == name) return LocalClock(zone);
  }
  return LocalClock(remembered_offset(state.find(kClockKey, Family::clock)));
}

Value now_value(const Scope& scope, NowField field) noexcept {
  const LocalTime now = person_clock(scope.state, scope.zones).at(scope.time_ms);
  const std::int32_t values[] = {now.hour, now.minute, now.weekday, now.day, now.month, now.year};
  static_assert(std::size(values) == static_cast<std::size_t>(NowField::count_));
  return Value::of(static_cast<double>(values[static_cast<std::size_t>(field)]));
}

bool is_quiet(const Scope& scope, const ChannelRecord& channel) noexcept {
  const std::uint32_t from = channel.quiet_from;
  const std::uint32_t to = channel.quiet_to;
  if (from == to) return false;
  const auto now =
      static_cast<std::uint32_t>(person_clock(scope.state, scope.zones).minute_of_day(scope.time_ms));
  return from < to ? from <= now && now < to : now >= from || now < to;
}

}  // namespace desirepath
