#include "collector/reading/explanation_json.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "sdk/engine/bytes.hpp"
#include "sdk/engine/explain.hpp"
#include "sdk/engine/fact_name.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kNameBytesMax = 512;
constexpr const char* kPartWords[] = {"where", "arm", "when"};
constexpr const char* kTypeWords[] = {"null", "boolean", "boolean", "number", "string", "array", "object"};

struct Lines {
  const Program& program;
  std::string conditions;
  std::string actions;
};

void add_text(std::string& out, const char* key, std::string_view text) {
  if (text.empty()) return;
  out += std::string(",\"") + key + "\":";
  append_json_string(out, text);
}

// The kinds a `$type` accepts, as its mask of tags says.
void add_types(std::string& out, const Value& mask) {
  std::string words;
  std::string_view last;
  for (std::uint32_t tag = 0; tag < std::size(kTypeWords); ++tag) {
    if ((static_cast<std::uint32_t>(mask.number()) >> tag & 1) == 0 || last == kTypeWords[tag]) continue;
    last = kTypeWords[tag];
    words += (words.empty() ? "" : " ") + std::string(last);
  }
  add_text(out, "than", words);
}

bool add_node(void* context, const ExplainedNode& line) {
  Lines& lines = *static_cast<Lines*>(context);
  const format::NodeRecord& node = lines.program.nodes()[line.node];
  const auto op = static_cast<format::Op>(node.op);
  std::string& out = lines.conditions;
  out += std::string(out.empty() ? "" : ",") + "{\"part\":\"" +
         kPartWords[static_cast<std::size_t>(line.part)] + "\",\"depth\":" + std::to_string(line.depth);
  if (line.audience != 0) {
    add_text(out, "audience", lines.program.string(lines.program.audiences()[line.audience - 1].id));
  }
  char name[kNameBytesMax];
  add_text(out, "fact", {name, write_fact_name(lines.program, node, name)});
  add_text(out, "op", desirepath::to_string(op));
  if (op == format::Op::type_is) {
    add_types(out, line.constant);
  } else if (!line.constant.is_missing()) {
    out += ",\"than\":" + json_from_tagged(line.constant);
  }
  if (!line.value.is_missing()) out += ",\"value\":" + json_from_tagged(line.value);
  out += line.held ? ",\"held\":true" : ",\"held\":false";
  if (line.is_inexact) out += ",\"inexact\":true";
  out += '}';
  return true;
}

bool add_action(void* context, const ExplainedAction& line) {
  Lines& lines = *static_cast<Lines*>(context);
  const Program& program = lines.program;
  const format::ActionRecord& action = program.actions()[line.action];
  std::string& out = lines.actions;
  out += out.empty() ? "{\"channel\":" : ",{\"channel\":";
  append_json_string(out, program.string(program.channels()[action.channel].id));
  if (action.slot != 0) add_text(out, "slot", program.string(program.slots()[action.slot - 1].id));
  add_text(out, "treatment", program.optional_string(line.treatment));
  add_text(out, "reason", to_string(line.reason));
  out += '}';
  return true;
}

}  // namespace

std::string explanation_json(const Scope& scope, std::uint32_t trigger) {
  Lines lines{scope.program, {}, {}};
  const Explanation explanation = explain(scope, trigger, {&lines, add_node, add_action});
  const auto word = [](bool held) { return held ? "true" : "false"; };
  std::string out = "{\"trigger\":";
  append_json_string(out, scope.program.string(scope.program.triggers()[trigger].id));
  out += std::string(",\"enabled\":") + word(explanation.is_enabled) +
         ",\"where\":" + word(explanation.where_held) + ",\"armed\":" + word(explanation.arm_when_held) +
         ",\"when\":" + word(explanation.when_held);
  if (explanation.due_ms != kNoTime) add_text(out, "due", format_timestamp(explanation.due_ms));
  return out + ",\"conditions\":[" + lines.conditions + "],\"actions\":[" + lines.actions + "]}";
}

}  // namespace desirepath::collector
