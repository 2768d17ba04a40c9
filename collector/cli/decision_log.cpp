#include "collector/cli/decision_log.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"

namespace desirepath::collector::cli {

namespace {

void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += out.back() == '{' ? "" : ",";
  append_json_string(out, key);
  out += ':';
  append_json_string(out, value);
}

}  // namespace

void append_decision_line(std::string& out, std::string_view profile, const Program& program,
                          const Decision& decision) {
  const format::ActionRecord action = program.actions()[decision.action];
  const std::string_view trigger = program.string(program.triggers()[decision.trigger].id);
  const std::string_view channel = program.string(program.channels()[action.channel].id);
  std::string decision_id(decision.anchor);
  decision_id.append("~").append(trigger).append("~").append(channel);
  out += '{';
  append_member(out, "profile", profile);
  append_member(out, "timestamp", format_timestamp(decision.time_ms));
  append_member(out, "messageId", decision.anchor);
  append_member(out, "trigger", trigger);
  append_member(out, "outcome", decision.fired ? "fired" : "suppressed");
  append_member(out, "reason", to_string(decision.reason));
  append_member(out, "channel", channel);
  if (action.slot != 0) append_member(out, "slot", program.string(program.slots()[action.slot - 1].id));
  append_member(out, "treatment", program.optional_string(decision.treatment));
  append_member(out, "decisionId", decision_id);
  out += "}\n";
}

}  // namespace desirepath::collector::cli
