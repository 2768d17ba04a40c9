// The rules of time zones, from this machine's data base (package tzdata), for stepping the engine.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "collector/fold/tz_file.hpp"
#include "sdk/engine/event.hpp"
#include "sdk/engine/local_time.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath::collector {

// What one step, wake or reading needs; as long as the TimeZones it came from.
class StepZones {
 public:
  operator ZoneTable() const { return {rules_.data(), count_}; }
  void add(const ZoneRules& rules) { rules_[count_++] = rules; }

 private:
  std::array<ZoneRules, 2> rules_{};
  std::size_t count_ = 0;
};

// Thread-safe. A zone's file is read when it is first asked for, and kept as long as this object.
class TimeZones {
 public:
  explicit TimeZones(std::filesystem::path folder = "/usr/share/zoneinfo");

  // The rules of a zone by its name; null where the data base has none of that name. Only names of the form
  // is_zone_name lets through are looked for: none leads out of the folder.
  const ZoneRules* find(std::string_view name) const;

  // The person's zone, for `wake` and for reading; with an event, also the one it says, for `step`. Empty
  // where the program has no use for local time.
  StepZones of(const Program& program, const State& state) const;
  StepZones of(const Program& program, const State& state, const Event& event) const;

 private:
  struct Zone {
    ZoneChanges changes;
    ZoneRules rules;
  };
  void add(StepZones& zones, std::string_view name) const;

  std::filesystem::path folder_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Zone, std::less<>> zones_;
};

}  // namespace desirepath::collector
