#include "sdk/wasm/module.hpp"

#include <limits>
#include <new>

#include "sdk/engine/features.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/step.hpp"
#include "sdk/engine/zone_table.hpp"

namespace desirepath::wasm {

namespace {

alignas(Module) std::uint8_t g_module_storage[sizeof(Module)];
alignas(State) std::uint8_t g_state_storage[sizeof(State)];

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <typename Row>
Row* rows(Memory& memory, std::size_t count) noexcept {
  return reinterpret_cast<Row*>(memory.take(count * sizeof(Row)));
}

Text stage_text(const Program& program, std::uint32_t stage_plus_one) noexcept {
  return stage_plus_one == 0 ? nullptr : program.prefixed_string(program.stages()[stage_plus_one - 1].id);
}

void post_decisions(Board& board, const Program& program, const Outcome& outcome) noexcept {
  DecisionRow* row = board.decisions;
  MomentRow* moment = board.moments;
  const Decision* last = nullptr;
  for (const Decision& decision : outcome.decisions()) {
    *row++ = {decision.trigger | static_cast<std::uint32_t>(decision.reason) << 24, decision.action};
    const bool is_same = last != nullptr && last->anchor.data() == decision.anchor.data() &&
                         last->time_ms == decision.time_ms && last->treatment == decision.treatment;
    if (!is_same) {
      *moment++ = {static_cast<double>(decision.time_ms), bytes_of(decision.anchor),
                   decision.treatment == 0 ? nullptr : program.prefixed_string(decision.treatment - 1), 0};
    }
    moment[-1].end = static_cast<std::uint32_t>(row - board.decisions);
    last = &decision;
  }
  board.moment_count = static_cast<std::uint32_t>(moment - board.moments);
}

// Only a program with local time has zones.
void make_zone_room(Module& module) noexcept {
  module.zone_count = 0;
  module.board.zones = nullptr;
  module.board.zones_capacity = 0;
  if constexpr (builds(kFeatureLocalTime)) {
    if (!uses_local_time(module.program)) return;
    module.board.zones = module.memory.take(kZoneTableBytesMax);
    module.board.zones_capacity = kZoneTableBytesMax;
  }
}

}  // namespace

Module& module() noexcept {
  return *std::launder(reinterpret_cast<Module*>(g_module_storage));
}
State& state() noexcept {
  return *std::launder(reinterpret_cast<State*>(g_state_storage));
}

bool make_room(Module& module) noexcept {
  const format::Header& header = module.program.header();
  Memory& memory = module.memory;
  Board& board = module.board;
  const std::size_t wanted = 2 * std::size_t{header.state_bytes_max} + State::kHeaderBytes;
  const std::size_t capacity = wanted < kFullStateBytesMax ? wanted : kFullStateBytesMax;
  const std::size_t decisions = Outcome::decisions_for(header);
  const std::uint32_t facts = module.program.facts().size();
  board.fact_count = facts;
  board.event_capacity = kEventBytesMax;
  board.state_capacity = static_cast<std::uint32_t>(capacity);
  board.event = memory.take(kEventBytesMax);
  board.state = memory.take(capacity);
  board.decisions = rows<DecisionRow>(memory, decisions);
  board.moments = rows<MomentRow>(memory, decisions);
  board.moves = rows<MoveRow>(memory, 1);
  module.facts = rows<Value>(memory, facts);
  make_zone_room(module);
  module.decisions = rows<Decision>(memory, decisions);
  module.assignments = rows<Assignment>(memory, module.program.experiments().size());
  board.assignments = rows<AssignmentRow>(memory, module.program.experiments().size());
  module.anchors = rows<char>(memory, Outcome::anchor_bytes_for(header));
  if (module.anchors == nullptr) return false;  // the last of them
  new (g_state_storage) State({board.state, capacity});
  return true;
}

Outcome empty_outcome(Module& module) noexcept {
  const format::Header& header = module.program.header();
  return Outcome({module.decisions, Outcome::decisions_for(header)},
                 {module.anchors, Outcome::anchor_bytes_for(header)},
                 {module.assignments, module.program.experiments().size()});
}

void post(Module& module, const Outcome& outcome) noexcept {
  Board& board = module.board;
  post_decisions(board, module.program, outcome);
  MoveRow* move = board.moves;
  for (const StageMove& entry : outcome.moves()) {
    *move++ = {static_cast<double>(entry.time_ms),
               stage_text(module.program, entry.from),
               stage_text(module.program, entry.to),
               bytes_of(entry.anchor),
               entry.rule,
               0};
  }
  board.move_count = static_cast<std::uint32_t>(move - board.moves);
  AssignmentRow* row = board.assignments;
  for (const Assignment& place : outcome.assignments()) {
    const Program& program = module.program;
    *row++ = {static_cast<double>(place.time_ms),
              program.prefixed_string(program.experiments()[place.experiment].id),
              program.prefixed_string(place.treatment - 1),
              bytes_of(place.unit),
              bytes_of(place.anchor),
              place.is_held_out ? 1u : 0u,
              0};
  }
  board.assignment_count = static_cast<std::uint32_t>(row - board.assignments);
  const State& now = state();
  board.state_bytes = static_cast<std::uint32_t>(now.bytes().size());
  board.clock = now.clock_ms() == State::kNoClock ? -kInfinity : static_cast<double>(now.clock_ms());
  if constexpr (builds(kFeatureLocalTime)) board.zone = bytes_of(zone_name(now));
  board.next_wake = next_wake(now) == State::kNever ? kInfinity : static_cast<double>(next_wake(now));
}

}  // namespace desirepath::wasm
