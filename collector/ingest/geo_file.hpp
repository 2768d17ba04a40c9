// Where an address is, as a GeoIP file (MaxMind's .mmdb form) knows it. Read in place; any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

// Empty where the file does not say.
struct Place {
  std::string country;   // ISO 3166-1, e.g. "DE"
  std::string region;    // ISO 3166-2 without the country, e.g. "BE"
  std::string city;      // its English name
  std::string timezone;  // e.g. "Europe/Berlin"
};

class GeoFile {
 public:
  // ErrorCode::bad_configuration where the file is missing or is none.
  static Result<std::unique_ptr<GeoFile>> open(const std::filesystem::path& file);
  ~GeoFile();
  GeoFile(const GeoFile&) = delete;
  GeoFile& operator=(const GeoFile&) = delete;

  // Nothing is known of what is no public address.
  Place find(std::string_view address) const;

 private:
  struct Database;
  explicit GeoFile(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace desirepath::collector
