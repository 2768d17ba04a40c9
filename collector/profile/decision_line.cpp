#include "collector/profile/decision_line.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"

namespace desirepath::collector {

std::string decision_line(std::string_view profile, const DecisionRecord& decision) {
  std::string line = "{\"profile\":";
  append_json_string(line, profile);
  const auto add = [&](const char* key, std::string_view value) {
    line += key;
    append_json_string(line, value);
  };
  add(",\"timestamp\":", format_timestamp(decision.time_ms));
  add(",\"messageId\":", decision.message_id);
  add(",\"trigger\":", decision.trigger);
  add(",\"outcome\":", decision.fired ? "fired" : "suppressed");
  if (!decision.reason.empty()) add(",\"reason\":", decision.reason);
  add(",\"channel\":", decision.channel);
  if (!decision.slot.empty()) add(",\"slot\":", decision.slot);
  if (!decision.treatment.empty()) add(",\"treatment\":", decision.treatment);
  add(",\"decisionId\":", decision.decision_id);
  line += ",\"revision\":" + std::to_string(decision.revision);
  if (decision.retracted) line += ",\"retracted\":true";
  line += '}';
  return line;
}

}  // namespace desirepath::collector
