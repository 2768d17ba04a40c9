// A condition over lines: a query document (sdk/engine/CONDITIONS.md) whose facts are the members of one JSON
// object, by dotted paths, such as a line of an export: {"traits.plan":"gold","stage":{"$ne":"buy"}}.
// Compiled once; the engine itself judges, so that a condition means the same here as in a journey.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath::collector {

// Immutable: any number of threads may ask.
class LineCondition {
 public:
  // ErrorCode::bad_request, field `where`, with every mistake as "where:LINE:COLUMN: error: text", a line
  // each. Beside the line's own paths `audiences.<id>` is true or false, as in a journey: whether the line's
  // list `audiences` has that id; an id that is not among `audiences` is a mistake.
  static Result<LineCondition> compile(std::string_view text, std::span<const std::string> audiences = {});
  ~LineCondition();
  LineCondition(LineCondition&&) noexcept;
  LineCondition& operator=(LineCondition&&) noexcept;

  // Whether the object holds it. ErrorCode::not_json where `line` is no JSON.
  Result<bool> holds(std::string_view line) const;
  bool holds(const Value& line) const;

 private:
  struct Compiled;
  explicit LineCondition(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace desirepath::collector
