// The journeys a collector runs: read from files, compiled, replaced as a whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/time_zones.hpp"
#include "collector/identity/identifier_rules.hpp"
#include "collector/journal/accepted_batch.hpp"
#include "sdk/engine/program.hpp"

namespace desirepath::collector {

class ProfileStore;
class Tombstones;

// One compiled journey; immutable. Moves, but is not copied: `view` reads `program` in place.
struct Journey {
  Journey() = default;
  Journey(Journey&&) noexcept = default;
  Journey& operator=(Journey&&) noexcept = default;
  Journey(const Journey&) = delete;
  Journey& operator=(const Journey&) = delete;

  std::string name;
  std::int64_t version = 0;
  std::string file;                          // the name its diagnostics carry
  std::string source;                        // the text of its file
  std::vector<std::uint8_t> program;         // the full program, verified
  Program view;                              // of `program`
  std::string program_hash;                  // first 16 hex digits of the SHA-256 of `program`
  std::vector<std::uint8_t> device_program;  // what GET /v1/journeys/{name}/program serves
  std::string device_hash;                   // likewise, of `device_program`
};

// What a set of files compiled to; in the order of the files, the first is `default` on the wire.
struct JourneySet {
  std::vector<Journey> journeys;
  IdentifierRules identifiers;  // of all journeys together
  // The zones their people are in; shared by all sets of one `Journeys`, because files are read once.
  std::shared_ptr<const TimeZones> zones = std::make_shared<TimeZones>();

  const Journey* find(
      std::string_view name) const;  // by name; "default" is the first; null where there is none
  const Journey* find_device_program(std::string_view device_hash) const;
  std::vector<std::string> audience_ids() const;  // of all journeys, in their order
};

// A journey's text under the name that diagnostics give it.
struct JourneySource {
  std::string file;
  std::string text;
};

// An earlier version of a journey; none where this compiler no longer takes its text.
std::optional<Journey> compile_version(const JourneySource& source);

// Holds the current set. Thread-safe. Readers keep the set they took alive while a new one comes in, which is
// why it is a shared_ptr.
class Journeys {
 public:
  Journeys();  // the empty set: events and traits are kept, no stage, no decision

  // Compiles all and takes the result as the current set. On any error nothing changes and every mistake of
  // every file is returned, as `file:line:col: error: text`. Warnings are left to `desirepath compile`.
  [[nodiscard]] std::vector<std::string> load(std::span<const std::filesystem::path> files);
  [[nodiscard]] std::vector<std::string> load_sources(std::span<const JourneySource> sources);

  // For a command or server on a data directory: the files where there are any, else the journeys that
  // directory was folded with last.
  [[nodiscard]] std::vector<std::string> load_for(ProfileStore& store,
                                                  std::span<const std::filesystem::path> files);

  std::shared_ptr<const JourneySet> current() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const JourneySet> current_;
};

// Whether an accepted event is of somebody who has been erased since it happened.
bool is_erased_event(const Tombstones& tombstones, const Journeys& journeys, const AcceptedEvent& event,
                     std::int64_t received_at_ms);

// Whether an accepted event says that its sender does not consent to a category. The act of choosing is never
// denied: a withdrawal must come in.
bool is_denied_event(std::string_view category, const AcceptedEvent& event);

}  // namespace desirepath::collector
