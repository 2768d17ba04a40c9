// The rules of time zones, from this machine's data base (package tzdata), for stepping the engine.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
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

// Thread-safe. A zone's file is read when it is first asked for, and kept.
class TimeZones {
 public:
  explicit TimeZones(std::filesystem::path folder = "/usr/share/zoneinfo");

  // The rules of a zone by its name, letters in any case; null where the data base has none of that name.
  // Only names of the form stated_zone lets through are looked for, so that no name leads out of the folder.
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
  std::unique_ptr<const Zone> read(std::string_view name) const;
  void add(StepZones& zones, std::string_view name) const;

  std::filesystem::path folder_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<const Zone>, std::less<>> zones_;  // null: none of that name
};

}  // namespace desirepath::collector
