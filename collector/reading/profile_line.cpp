#include "collector/reading/profile_line.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"

namespace desirepath::collector {

std::string profile_line(std::string_view id, const ProfileRecord& profile, const ProfileReading& reading,
                         const std::vector<NamedIdentifier>& identifiers) {
  std::string line = "{\"profile\":";
  append_json_string(line, id);
  line += ",\"identifiers\":" + identifiers_json(identifiers) + ",\"traits\":" + traits_json(profile.traits);
  line += ",\"stage\":";
  if (reading.stage.empty()) {
    line += "null,\"stageSince\":null";
  } else {
    append_json_string(line, reading.stage);
    line += ",\"stageSince\":\"" + format_timestamp(reading.stage_since_ms) + '"';
  }
  line += ",\"audiences\":" + audiences_json(reading) + ",\"behaviors\":" + values_json(reading.behaviors);
  line += ",\"scores\":" + values_json(reading.scores);
  line += ",\"firstSeen\":\"" + format_timestamp(profile.first_ms) + "\",\"lastSeen\":\"" +
          format_timestamp(profile.last_ms) + "\"}";
  return line;
}

}  // namespace desirepath::collector
