#include "sdk/compiler/node_writer.hpp"

#include <string>

#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using format::Op;

namespace {

// What is left for groups that others put around a condition, such as a stage's `where` and `when`.
constexpr int kDepthMax = kConditionDepthMax - 4;

}  // namespace

std::uint32_t NodeWriter::begin() {
  depth_ = 0;
  said_too_deep_ = false;
  return static_cast<std::uint32_t>(builder_.nodes.size()) + 1;
}

std::uint32_t NodeWriter::open(Op op, const FactSubject& subject, std::size_t offset) {
  if (depth_ == kDepthMax && !said_too_deep_) {
    said_too_deep_ = true;
    diagnostics_.error(offset, "conditions are nested deeper than " + std::to_string(kDepthMax));
  }
  ++depth_;
  return add(op, subject, 0);
}

void NodeWriter::close(std::uint32_t group) {
  builder_.nodes[group].end = static_cast<std::uint32_t>(builder_.nodes.size());
  --depth_;
}

void NodeWriter::leaf(Op op, const FactSubject& subject, const std::vector<std::uint8_t>& constant) {
  add(op, subject, builder_.constant(constant));
}

void NodeWriter::pattern_leaf(const FactSubject& subject, std::uint32_t pattern) {
  add(Op::matches, subject, pattern);
}

std::uint32_t NodeWriter::add(Op op, const FactSubject& subject, std::uint32_t operand) {
  if (op == Op::matches) {
    builder_.header.features |= kFeaturePattern;
  } else if (op > Op::exists) {
    builder_.header.features |= kFeatureElements;
  }
  const auto index = static_cast<std::uint32_t>(builder_.nodes.size());
  format::NodeRecord node{};
  node.op = static_cast<std::uint8_t>(op);
  node.subject = static_cast<std::uint8_t>(subject.kind);
  node.index = subject.index;
  node.path = subject.path;
  node.constant = operand;
  node.end = index + 1;
  builder_.nodes.push_back(node);
  return index;
}

}  // namespace desirepath::compiler
