#include "collector/fold/time_zones.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "collector/fold/posix_zone.hpp"
#include "sdk/engine/limits.hpp"

using namespace desirepath;
using namespace desirepath::collector;

namespace {

constexpr std::int64_t kDaySeconds = 86'400;

std::int64_t seconds(std::int32_t year, std::int32_t month, std::int32_t day, int hour = 0) {
  return day_of(year, month, day) * kDaySeconds + hour * 3600;
}

struct FileChange {
  std::int64_t at;
  std::uint8_t type;
};

void append(std::vector<std::uint8_t>& bytes, std::uint64_t value, int size) {
  for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<std::uint8_t>(value >> (i * 8)));
}

void append_block(std::vector<std::uint8_t>& bytes, const std::vector<std::int32_t>& offsets,
                  const std::vector<FileChange>& changes, int time_bytes) {
  for (const char c : std::string("TZif2")) bytes.push_back(static_cast<std::uint8_t>(c));
  bytes.resize(bytes.size() + 15);
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{0}, std::size_t{0}, changes.size(), offsets.size(), std::size_t{4}}) {
    append(bytes, count, 4);
  }
  for (const FileChange& change : changes) append(bytes, static_cast<std::uint64_t>(change.at), time_bytes);
  for (const FileChange& change : changes) bytes.push_back(change.type);
  for (const std::int32_t offset : offsets) {
    append(bytes, static_cast<std::uint32_t>(offset), 4);
    append(bytes, 0, 2);
  }
  for (const char c : std::string("XYZ")) bytes.push_back(static_cast<std::uint8_t>(c));
  bytes.push_back(0);
}

std::vector<std::uint8_t> tz_file(const std::vector<std::int32_t>& offsets,
                                  const std::vector<FileChange>& changes, const std::string& footer) {
  std::vector<std::uint8_t> bytes;
  append_block(bytes, offsets, {}, 4);
  append_block(bytes, offsets, changes, 8);
  for (const char c : "\n" + footer + "\n") bytes.push_back(static_cast<std::uint8_t>(c));
  return bytes;
}

std::int32_t offset_at(const ZoneChanges& zone, std::int64_t at_seconds) {
  return ZoneRules{"Zone/HERE", zone.first_offset_minutes, zone.changes}.offset_at(at_seconds * 1000);
}

// A folder of zones that goes when the test ends.
class ZoneFolder {
 public:
  ZoneFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "desirepath-zones-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~ZoneFolder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::vector<std::uint8_t>& bytes) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  std::filesystem::path path;
};

}  // namespace

TEST_CASE("rules that stand for ever") {
  const auto berlin = parse_posix_zone("CET-1CEST,M3.5.0,M10.5.0/3");
  REQUIRE(berlin);
  CHECK(berlin->standard_seconds == 3600);
  CHECK(berlin->summer_seconds == 7200);
  CHECK(berlin->summer_begins.in_year(2026) == seconds(2026, 3, 29, 2));
  CHECK(berlin->summer_ends.in_year(2026) == seconds(2026, 10, 25, 3));

  const auto lord_howe = parse_posix_zone("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
  REQUIRE(lord_howe);
  CHECK(lord_howe->standard_seconds == 10 * 3600 + 1800);
  CHECK(lord_howe->summer_seconds == 11 * 3600);
  CHECK(lord_howe->summer_begins.in_year(2026) == seconds(2026, 10, 4, 2));

  const auto dublin = parse_posix_zone("IST-1GMT0,M10.5.0,M3.5.0/1");
  REQUIRE(dublin);
  CHECK(dublin->summer_seconds == 0);
  const auto godthab = parse_posix_zone("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
  REQUIRE(godthab);
  CHECK(godthab->summer_begins.in_year(2026) == seconds(2026, 3, 28, 23));
  const auto julian = parse_posix_zone("AAA0BBB,J60/0,364/25");
  REQUIRE(julian);
  CHECK(julian->summer_begins.in_year(2024) == seconds(2024, 3, 1));
  CHECK(julian->summer_begins.in_year(2025) == seconds(2025, 3, 1));
  CHECK(julian->summer_ends.in_year(2025) == seconds(2026, 1, 1, 1));
  CHECK_FALSE(parse_posix_zone("EST5")->has_summer);

  for (const char* wrong :
       {"", "ES5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "<5", "EST5x", "EST168",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0,", "EST5:60"}) {
    CHECK_MESSAGE(!parse_posix_zone(wrong), wrong);
  }
}

TEST_CASE("a file's changes, from 2000 to 2037, and its rule beyond them") {
  const auto zone = read_tz_file(tz_file({-18'000, -14'400},
                                         {{seconds(1999, 4, 4, 7), 1},
                                          {seconds(1999, 10, 31, 6), 0},
                                          {seconds(2006, 4, 2, 7), 1},
                                          {seconds(2006, 10, 29, 6), 0}},
                                         "EST5EDT,M3.2.0,M11.1.0"));
  REQUIRE(zone);
  CHECK(zone->first_offset_minutes == -300);
  REQUIRE(zone->changes.size() == 2 + 2 * 31);
  CHECK(offset_at(*zone, seconds(1990, 7, 1)) == -300);
  CHECK(offset_at(*zone, seconds(2006, 4, 2, 7) - 1) == -300);
  CHECK(offset_at(*zone, seconds(2006, 4, 2, 7)) == -240);
  CHECK(offset_at(*zone, seconds(2026, 3, 8, 7) - 1) == -300);
  CHECK(offset_at(*zone, seconds(2026, 3, 8, 7)) == -240);
  CHECK(offset_at(*zone, seconds(2026, 11, 1, 6)) == -300);
  CHECK(offset_at(*zone, seconds(2037, 12, 1)) == -300);
  CHECK(zone->changes.back().at_minute * std::int64_t{60} == seconds(2037, 11, 1, 6));
}

TEST_CASE("what changes no offset is no change") {
  const auto zone =
      read_tz_file(tz_file({0, 3600, 3600}, {{seconds(2010, 1, 1), 1}, {seconds(2011, 1, 1), 2}}, ""));
  REQUIRE(zone);
  CHECK(zone->changes.size() == 1);
  const auto fixed = read_tz_file(tz_file({20'700}, {}, "<+0545>-5:45"));
  REQUIRE(fixed);
  CHECK(fixed->first_offset_minutes == 345);
  CHECK(fixed->changes.empty());
}

TEST_CASE("damaged files are refused, wherever they are damaged") {
  const std::vector<std::uint8_t> good =
      tz_file({-18'000, -14'400}, {{seconds(2006, 4, 2, 7), 1}}, "EST5EDT,M3.2.0,M11.1.0");
  REQUIRE(read_tz_file(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK_FALSE(read_tz_file(std::span(good).first(size)));
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::vector<std::uint8_t> bytes = good;
    bytes[at] ^= 0xff;
    const auto zone = read_tz_file(bytes);
    if (zone) CHECK(zone->changes.size() <= kZoneChangesMax);
  }
}

TEST_CASE("zones are found by name, and no name leads out of their folder") {
  const ZoneFolder folder;
  const auto bytes = tz_file({3600}, {}, "CET-1");
  folder.write("Zone/Here", bytes);
  folder.write("UTC", tz_file({0}, {}, "UTC0"));
  folder.write("right/Zone/Here", bytes);
  folder.write("Zone/Broken", {1, 2, 3});
  folder.write("Zone/Far/There", bytes);
  const TimeZones zones(folder.path);
  REQUIRE(zones.find("Zone/Here") != nullptr);
  CHECK(zones.find("Zone/Here")->first_offset_minutes == 60);
  CHECK(zones.find("Zone/Here") == zones.find("Zone/Here"));
  CHECK(zones.find("Zone/Here")->name == "Zone/Here");
  CHECK(zones.find("Zone/Far/There") != nullptr);
  CHECK(zones.find("UTC")->first_offset_minutes == 0);
  for (const char* name : {"", "Zone", "Zone/", "Zone/Broken", "Zone/Nowhere", "/etc/passwd",
                           "../../etc/passwd", "Zone/../Zone/Here", "Zone//Here", "right/Zone/Here",
                           "Right/Zone/Here", "Zone/Here\n", "GMT", "localtime"}) {
    CHECK_MESSAGE(zones.find(name) == nullptr, name);
  }
  CHECK(zones.find("Zone/" + std::string(60'000, 'x')) == nullptr);
  CHECK(TimeZones(folder.path / "none").find("Zone/Here") == nullptr);
}

TEST_CASE("this machine's data base has the world's zones") {
  const TimeZones zones;
  const std::int64_t winter = seconds(2026, 1, 15) * 1000;
  const std::int64_t summer = seconds(2026, 7, 15) * 1000;
  const auto offsets = [&](const char* name) {
    const ZoneRules* zone = zones.find(name);
    return zone == nullptr ? std::pair(-9999, -9999)
                           : std::pair(zone->offset_at(winter), zone->offset_at(summer));
  };
  CHECK(offsets("Europe/Berlin") == std::pair(60, 120));
  CHECK(offsets("America/New_York") == std::pair(-300, -240));
  CHECK(offsets("Australia/Lord_Howe") == std::pair(660, 630));
  CHECK(offsets("Asia/Kathmandu") == std::pair(345, 345));
  CHECK(offsets("Antarctica/Troll") == std::pair(0, 120));
}
