#include "collector/cli/journey_file.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

namespace desirepath::collector::cli {

Result<compiler::CompiledJourney> read_journey_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) return failure(ErrorCode::bad_file, path + ": error: cannot be read");
  compiler::CompileResult result = compiler::compile_journey(text, path);
  std::string errors;
  for (const compiler::Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.severity == compiler::Severity::warning) {
      std::fprintf(stderr, "%s\n", to_string(diagnostic).c_str());
    } else {
      errors += (errors.empty() ? "" : "\n") + to_string(diagnostic);
    }
  }
  if (!result.journey) return failure(ErrorCode::bad_journey, errors);
  return std::move(*result.journey);
}

}  // namespace desirepath::collector::cli
