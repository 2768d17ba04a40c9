// Writes a condition's nodes in prefix order (engine/program_format.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sdk/compiler/fact_resolver.hpp"
#include "sdk/compiler/program_builder.hpp"

namespace desirepath::compiler {

// Groups are opened and closed like brackets; `offset` is the place of what is written, for the one message
// about conditions that are nested too deep.
class NodeWriter {
 public:
  NodeWriter(ProgramBuilder& builder, Diagnostics& diagnostics)
      : builder_(builder), diagnostics_(diagnostics) {}

  // Begins a condition; what is written next is its root. Returns the root's index + 1.
  std::uint32_t begin();

  std::uint32_t open(format::Op op, std::size_t offset) { return open(op, {}, offset); }
  // A group over the elements of the subject.
  std::uint32_t open(format::Op op, const FactSubject& subject, std::size_t offset);
  void close(std::uint32_t group);

  void leaf(format::Op op, const FactSubject& subject, const std::vector<std::uint8_t>& constant);
  void pattern_leaf(const FactSubject& subject, std::uint32_t pattern);
  // A node that always holds, in place of one that could not be compiled.
  void placeholder(std::size_t offset) { close(open(format::Op::all_of, offset)); }

 private:
  std::uint32_t add(format::Op op, const FactSubject& subject, std::uint32_t operand);

  ProgramBuilder& builder_;
  Diagnostics& diagnostics_;
  int depth_ = 0;
  bool said_too_deep_ = false;
};

}  // namespace desirepath::compiler
