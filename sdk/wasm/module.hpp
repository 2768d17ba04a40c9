// What one module instance holds: a program, a state, and the buffers a host writes to and reads from. The
// tables below are the ABI (ABI.md): their offsets are what hosts read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sdk/engine/limits.hpp"
#include "sdk/engine/local_time.hpp"
#include "sdk/engine/outcome.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/value.hpp"
#include "sdk/wasm/memory.hpp"

#define DP_EXPORT(name) extern "C" __attribute__((export_name(#name), used)) auto name

namespace desirepath::wasm {

enum Status : std::int32_t {
  kOk = 0,
  kMore = 1,
  kNotAProgram = -1,
  kUnsupported = -2,
  kInconsistent = -3,
  kTooLarge = -4,
  kNoProgram = -5,
  kBadEvent = -6,
  kTooEarly = -7,
  kBadState = -8,
  kStateFull = -9,
  kBadZones = -10,
};

// A text by its bytes; one of the program's also by the address of the length before them, 0 for none.
struct Bytes {
  const char* at;
  std::uint32_t length;
};
using Text = const std::uint8_t*;

inline Bytes bytes_of(std::string_view text) noexcept {
  return {text.data(), static_cast<std::uint32_t>(text.size())};
}

struct DecisionRow {
  std::uint32_t trigger_and_reason;  // index, reason in the highest byte
  std::uint32_t action;
};
static_assert(sizeof(DecisionRow) == 8 && kProgramBytesMax / sizeof(format::TriggerRecord) < 1u << 24);

// What decisions that follow each other share.
struct MomentRow {
  double time;
  Bytes anchor;
  Text treatment;
  std::uint32_t end;  // of its decisions
};
static_assert(sizeof(MomentRow) == 24);

struct MoveRow {
  double time;
  Text left, entered;
  Bytes anchor;
  std::uint32_t rule;
  std::uint32_t reserved;
};
static_assert(sizeof(MoveRow) == 32);

// A person's place in an experiment, said once.
struct AssignmentRow {
  double time;
  Text experiment, treatment;
  Bytes unit;
  Bytes anchor;
  std::uint32_t is_held_out;
  std::uint32_t reserved;
};
static_assert(sizeof(AssignmentRow) == 40);

// Where everything is and what the last call left; its own address never changes.
struct Board {
  double clock;
  double next_wake;
  std::uint32_t state_bytes;
  std::uint32_t moment_count;
  std::uint32_t move_count;
  std::uint32_t fact_count;
  std::uint8_t* event;
  std::uint8_t* state;
  std::uint32_t state_capacity;
  DecisionRow* decisions;
  MomentRow* moments;
  MoveRow* moves;
  std::uint32_t event_capacity;
  std::uint32_t error_offset;
  Bytes zone;
  std::uint8_t* zones;
  std::uint32_t zones_capacity;
  std::uint32_t assignment_count;
  AssignmentRow* assignments;
};
static_assert(sizeof(Board) == 88 && offsetof(Board, state_bytes) == 16 && offsetof(Board, event) == 32);

struct Module {
  Memory memory;
  Board board;
  std::uint8_t* program_bytes;
  Program program;
  bool loaded;
  Value* facts;
  Decision* decisions;
  char* anchors;
  Assignment* assignments;
  ZoneRules zone_rules[kZonesMax];
  std::uint32_t zone_count;

  ZoneTable zones() const noexcept { return {zone_rules, zone_count}; }
};

// The instance's own. Plain data: the module has no constructors to run. The state exists once a program is
// loaded.
Module& module() noexcept;
State& state() noexcept;

// Sets up the buffers for the loaded program, and an empty state; false where memory does not suffice.
bool make_room(Module& module) noexcept;

// An empty outcome over the module's buffers.
Outcome empty_outcome(Module& module) noexcept;

// Writes what the last call left to the board and its tables.
void post(Module& module, const Outcome& outcome) noexcept;

}  // namespace desirepath::wasm
