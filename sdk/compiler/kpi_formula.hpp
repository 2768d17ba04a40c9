// The formula of a KPI. There is one function, conversion(FROM, TO, WITHIN): of the people who entered stage
// FROM, the share who entered stage TO within the duration WITHIN after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace desirepath::compiler {

struct KpiFormula {
  std::string from;
  std::string to;
  std::int64_t within_ms = 0;

  bool operator==(const KpiFormula& other) const {
    return from == other.from && to == other.to && within_ms == other.within_ms;
  }
};

// What is wrong with a formula, and at which byte of it.
struct FormulaProblem {
  std::size_t index;
  std::string text;
};

struct FormulaReading {
  std::optional<KpiFormula> formula;  // absent where there is a problem
  std::vector<FormulaProblem> problems;
};

// Stages are checked against `stages`, the ids a journey has.
FormulaReading read_kpi_formula(std::string_view text, const std::vector<std::string>& stages);

}  // namespace desirepath::compiler
