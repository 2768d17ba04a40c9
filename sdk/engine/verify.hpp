// Loading's check of a program's bytes. Whatever passes can be read without further checks: every section,
// string and index lies inside the bytes, conditions are trees of known depth, nothing reads itself.
// The checks run in one order, each relying on those before it, and the first that fails says where.
#pragma once

#include <cstdint>
#include <span>

#include "sdk/engine/field_rules.hpp"
#include "sdk/engine/program.hpp"

namespace desirepath {

// Takes any bytes and reads them once; time grows with their number alone.
class ProgramVerifier {
 public:
  explicit ProgramVerifier(std::span<const std::uint8_t> bytes) noexcept : bytes_(bytes) {}

  LoadedProgram verify() noexcept;

 private:
  // Remembers where the bytes are wrong; false, so that a check can end with it.
  bool wrong_at(const void* at) noexcept {
    offset_ = static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(at) - bytes_.data());
    return false;
  }

  // The frame: verify.cpp.
  ProgramError check_header() noexcept;
  template <typename Field>
  ProgramError at(const Field& field, ProgramError error) noexcept {
    wrong_at(&field);
    return error;
  }
  bool map_sections() noexcept;
  bool check_strings() noexcept;
  bool check_fields() noexcept;  // by kFieldRules
  bool check_patterns() noexcept;
  std::uint32_t count_of(std::uint8_t section) const noexcept {
    return program_.entry(static_cast<format::Section>(section)).count;
  }
  bool satisfies(const format::FieldRule& rule, const std::uint8_t* field) const noexcept;
  // Whether the header says that the program needs the feature.
  bool says(std::uint32_t feature) const noexcept { return (feature & ~program_.header().features) == 0; }

  // Conditions and what is made of them: verify_conditions.cpp. An audience reads no other audience and no
  // model reads another, not even through an audience, so that evaluation nests a model, an audience and a
  // behavior deep at most. Each node is looked at once: conditions of audiences and terms of models stand in
  // the order of their nodes.
  bool check_nodes() noexcept;  // they are trees in prefix order
  bool check_audiences() noexcept;
  bool check_models() noexcept;
  bool is_node(const format::NodeRecord& node, bool in_elements) const noexcept;
  // Inside a group over elements nothing but the element is read, so that a group in a group goes through
  // each element of the event once.
  bool has_subject(const format::NodeRecord& node, bool in_elements) const noexcept;
  bool has_operand(const format::NodeRecord& node) const noexcept;
  bool is_constant(format::Op op, std::uint32_t offset) const noexcept;

  // Definitions, as far as a rule for one field cannot say it: verify_definitions.cpp.
  bool check_bounds() noexcept;
  bool check_behaviors() noexcept;
  bool check_scores() noexcept;
  bool check_asks() noexcept;
  bool check_schedules() noexcept;
  bool check_experiments() noexcept;
  // As many cells as the factors' levels multiplied.
  bool has_its_cells(const format::ExperimentRecord& experiment) const noexcept;
  // A form for each cell, and a wait where the trigger waits: a wait of no time would never end.
  bool has_its_forms(const format::TriggerRecord& trigger) const noexcept;

  std::span<const std::uint8_t> bytes_;
  Program program_;
  std::uint32_t offset_ = 0;
};

}  // namespace desirepath
