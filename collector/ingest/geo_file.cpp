#include "collector/ingest/geo_file.hpp"

#include <maxminddb.h>

namespace desirepath::collector {

struct GeoFile::Database {
  MMDB_s file{};
  bool open = false;
  ~Database() {
    if (open) MMDB_close(&file);
  }
};

namespace {

template <typename... Path>
std::string text_at(MMDB_entry_s* entry, Path... path) {
  MMDB_entry_data_s data{};
  if (MMDB_get_value(entry, &data, path..., nullptr) != MMDB_SUCCESS) return {};
  if (!data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING) return {};
  return std::string(data.utf8_string, data.data_size);
}

}  // namespace

GeoFile::GeoFile(std::unique_ptr<Database> database) : database_(std::move(database)) {}
GeoFile::~GeoFile() = default;

Result<std::unique_ptr<GeoFile>> GeoFile::open(const std::filesystem::path& file) {
  auto database = std::make_unique<Database>();
  const int status = MMDB_open(file.c_str(), MMDB_MODE_MMAP, &database->file);
  if (status != MMDB_SUCCESS) {
    return failure(ErrorCode::bad_configuration,
                   file.string() + " cannot be used as a GeoIP file: " + MMDB_strerror(status) +
                       "; name a .mmdb file, or leave \"geoip\" out",
                   "geoip");
  }
  database->open = true;
  return std::unique_ptr<GeoFile>(new GeoFile(std::move(database)));
}

Place GeoFile::find(std::string_view address) const {
  int syntax_error = 0;
  int status = MMDB_SUCCESS;
  const std::string text(address);
  MMDB_lookup_result_s found = MMDB_lookup_string(&database_->file, text.c_str(), &syntax_error, &status);
  if (syntax_error != 0 || status != MMDB_SUCCESS || !found.found_entry) return {};
  Place place;
  place.country = text_at(&found.entry, "country", "iso_code");
  place.region = text_at(&found.entry, "subdivisions", "0", "iso_code");
  place.city = text_at(&found.entry, "city", "names", "en");
  place.timezone = text_at(&found.entry, "location", "time_zone");
  return place;
}

}  // namespace desirepath::collector
