// Why a trigger speaks or not, line by line: in the full module alone. The layout of a line: ABI.md.

#include "sdk/engine/explain.hpp"

#include <cstdint>

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/event.hpp"
#include "sdk/engine/fact_name.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/wasm/module.hpp"

namespace {

using namespace desirepath;
using namespace desirepath::wasm;

constexpr std::size_t kFactNameBytesMax = 512;

// A value: its number, or where its text or its items are and how many.
struct ValueRow {
  double number;
  Tag tag;
  Bytes bytes;
  std::uint32_t reserved;
};
static_assert(sizeof(ValueRow) == 24);

enum LineKind : std::uint32_t { kWhere, kArm, kWhen, kAction, kTrigger };

struct LineRow {
  LineKind kind;
  std::uint32_t depth;
  Text audience_or_channel, slot, treatment;
  std::uint32_t held_or_reason;
  Bytes fact;
  Bytes op;
  std::uint32_t is_inexact;
  std::uint32_t reserved;
  ValueRow value, constant;
};
static_assert(sizeof(LineRow) == 96);

LineRow g_line;
char g_fact_name[kFactNameBytesMax];

ValueRow row_of(const Value& value) noexcept {
  ValueRow row{0, value.tag(), {nullptr, 0}, 0};
  if (value.is_number()) row.number = value.number();
  if (value.is_string() || value.is_array() || value.is_object()) {
    row.bytes = {reinterpret_cast<const char*>(value.items()), value.count()};
  }
  return row;
}

// Writes the wanted line and ends the explanation there.
struct LineFinder {
  const Program& program;
  std::uint32_t wanted;
  std::uint32_t line = 0;  // 0 is the trigger's own
  bool found = false;

  bool is_here() noexcept {
    found = ++line == wanted;
    return found;
  }

  static bool on_node(void* context, const ExplainedNode& node) {
    auto& finder = *static_cast<LineFinder*>(context);
    if (!finder.is_here()) return true;
    const Program& program = finder.program;
    const format::NodeRecord& record = program.nodes()[node.node];
    g_line = {};
    g_line.kind = static_cast<LineKind>(node.part);
    g_line.depth = node.depth;
    if (node.audience != 0) {
      g_line.audience_or_channel = program.prefixed_string(program.audiences()[node.audience - 1].id);
    }
    g_line.held_or_reason = node.held ? 1 : 0;
    g_line.fact = bytes_of({g_fact_name, write_fact_name(program, record, g_fact_name)});
    g_line.op = bytes_of(to_string(static_cast<format::Op>(record.op)));
    g_line.is_inexact = node.is_inexact ? 1 : 0;
    g_line.value = row_of(node.value);
    g_line.constant = row_of(node.constant);
    return false;
  }

  static bool on_action(void* context, const ExplainedAction& action) {
    auto& finder = *static_cast<LineFinder*>(context);
    if (!finder.is_here()) return true;
    const Program& program = finder.program;
    const format::ActionRecord& record = program.actions()[action.action];
    g_line = {};
    g_line.kind = kAction;
    g_line.audience_or_channel = program.prefixed_string(program.channels()[record.channel].id);
    if (record.slot != 0) g_line.slot = program.prefixed_string(program.slots()[record.slot - 1].id);
    if (action.treatment != 0) g_line.treatment = program.prefixed_string(action.treatment - 1);
    g_line.held_or_reason = static_cast<std::uint32_t>(action.reason);
    return false;
  }
};

}  // namespace

DP_EXPORT(dp_explain)
(std::uint32_t trigger, std::uint32_t line, std::uint32_t length, double now)->const LineRow* {
  Module& module = wasm::module();
  if (!module.loaded || !(now >= 0 && now <= static_cast<double>(kTimeMaxMs))) return nullptr;
  const Program& program = module.program;
  if (trigger >= program.triggers().size()) return nullptr;
  DecodedEvent decoded;
  if (length != 0) {
    decoded =
        decode_event_record(program, {module.board.event, length}, {module.facts, program.facts().size()});
    if (decoded.error != EventError::none) return nullptr;
  }
  const Scope scope{program, state(), length != 0 ? &decoded.event : nullptr, static_cast<std::int64_t>(now),
                    module.zones()};
  LineFinder finder{program, line};
  const Explanation explanation =
      explain(scope, trigger, {&finder, LineFinder::on_node, LineFinder::on_action});
  if (line == 0) {
    g_line = {};
    g_line.value.tag = Tag::missing;
    g_line.kind = kTrigger;
    g_line.audience_or_channel = program.prefixed_string(program.triggers()[trigger].id);
    g_line.held_or_reason = explanation.is_enabled ? 1 : 0;
    if (explanation.due_ms != kNoTime)
      g_line.value = row_of(Value::of(static_cast<double>(explanation.due_ms)));
    return &g_line;
  }
  return finder.found ? &g_line : nullptr;
}
