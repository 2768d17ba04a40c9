#include "sdk/engine/zone_table.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "sdk/engine/bytes.hpp"

using namespace desirepath;

namespace {

// A table in the making; the vector keeps it 4-aligned.
class Table {
 public:
  explicit Table(std::uint32_t zones) { word(zones); }
  Table& zone(const std::string& name, std::int32_t first, const std::vector<OffsetChange>& changes) {
    word(static_cast<std::uint32_t>(first));
    word(static_cast<std::uint32_t>(changes.size()));
    word(static_cast<std::uint32_t>(name.size()));
    std::string padded = name;
    padded.resize((name.size() + 3) / 4 * 4);
    for (std::size_t at = 0; at < padded.size(); at += 4) {
      std::uint32_t four = 0;
      std::memcpy(&four, &padded[at], 4);
      word(four);
    }
    for (const OffsetChange& change : changes) {
      word(static_cast<std::uint32_t>(change.at_minute));
      word(static_cast<std::uint32_t>(change.offset_minutes));
    }
    return *this;
  }
  void word(std::uint32_t value) { words_.push_back(value); }
  std::vector<std::uint32_t>& words() { return words_; }
  std::span<const std::uint8_t> bytes() const {
    return {reinterpret_cast<const std::uint8_t*>(words_.data()), words_.size() * 4};
  }

 private:
  std::vector<std::uint32_t> words_;
};

struct Room {
  ZoneRules rules[kZonesMax];
};

}  // namespace

TEST_CASE("a table of zones is read in place") {
  const Table table = Table(3)
                          .zone("Europe/Berlin", 60, {{100, 120}, {200, 60}})
                          .zone("UTC", 0, {})
                          .zone("A/b", -1080, {{-5, 1080}});
  Room room;
  const DecodedZones decoded = decode_zones(table.bytes(), room.rules);
  REQUIRE(decoded.ok);
  REQUIRE(decoded.zones.size() == 3);
  CHECK(decoded.zones[0].name == "Europe/Berlin");
  CHECK(decoded.zones[0].first_offset_minutes == 60);
  CHECK(decoded.zones[0].offset_at(150 * 60'000) == 120);
  CHECK(decoded.zones[1].name == "UTC");
  CHECK(decoded.zones[2].offset_at(0) == 1080);
  CHECK(decode_zones(Table(0).bytes(), room.rules).ok);
}

TEST_CASE("a table at every limit fits, one past any does not") {
  std::vector<OffsetChange> changes;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(kZoneChangesMax); ++i) changes.push_back({i, i % 2});
  const std::string name(kZoneNameBytesMax, 'n');
  Table most(kZonesMax);
  for (std::size_t i = 0; i < kZonesMax; ++i) most.zone(name, 0, changes);
  Room room;
  CHECK(decode_zones(most.bytes(), room.rules).ok);
  CHECK(most.bytes().size() == kZoneTableBytesMax);
  CHECK_FALSE(decode_zones(Table(1).zone(name + "n", 0, {}).bytes(), room.rules).ok);
  changes.push_back({9999, 0});
  CHECK_FALSE(decode_zones(Table(1).zone("A/b", 0, changes).bytes(), room.rules).ok);
  Table many(kZonesMax + 1);
  for (std::size_t i = 0; i <= kZonesMax; ++i) many.zone("A/b", 0, {});
  CHECK_FALSE(decode_zones(many.bytes(), room.rules).ok);
}

TEST_CASE("tables that are none are refused") {
  Room room;
  const auto is_ok = [&](const Table& table) { return decode_zones(table.bytes(), room.rules).ok; };
  CHECK_FALSE(decode_zones({}, room.rules).ok);
  CHECK_FALSE(is_ok(Table(1).zone("A/b", 0, {{5, 0}, {5, 60}})));
  CHECK_FALSE(is_ok(Table(1).zone("A/b", 0, {{5, 0}, {4, 60}})));
  CHECK_FALSE(is_ok(Table(1).zone("A/b", 1081, {})));
  CHECK_FALSE(is_ok(Table(1).zone("A/b", 0, {{5, -1081}})));
  CHECK_FALSE(is_ok(Table(2).zone("A/b", 0, {})));
  CHECK_FALSE(is_ok(Table(0).zone("A/b", 0, {})));
  CHECK_FALSE(is_ok(Table(UINT32_MAX)));
  const Table good = Table(2).zone("Europe/Berlin", 60, {{1, 120}, {2, 60}}).zone("UTC", 0, {});
  for (std::size_t size = 0; size < good.bytes().size(); ++size) {
    CHECK_FALSE(decode_zones(good.bytes().first(size), room.rules).ok);
  }
  CHECK_FALSE(decode_zones(good.bytes().subspan(1), room.rules).ok);
  for (std::size_t i = 0; i < good.bytes().size() / 4; ++i) {
    for (const std::uint32_t value : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
      Table bad = good;
      bad.words()[i] = value;
      const DecodedZones decoded = decode_zones(bad.bytes(), room.rules);
      for (const ZoneRules& zone : decoded.zones) (void)zone.offset_at(60'000);
    }
  }
}
