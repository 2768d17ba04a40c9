#include "collector/cli/journey_file.hpp"

#include <unistd.h>

#include <cstdio>

#include "collector/fold/journey_text.hpp"

namespace desirepath::collector::cli {

namespace {

// One line; a person at a terminal also sees the place.
std::string shown(const compiler::Diagnostic& diagnostic) {
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  return to_string(diagnostic) + (is_terminal ? "\n" + diagnostic.excerpt : "");
}

}  // namespace

Result<compiler::CompiledJourney> read_journey_file(const std::string& path) {
  const Result<std::string> text = read_journey_text(path);
  if (!text) return tl::unexpected(text.error());
  compiler::CompileResult result = compiler::compile_journey(*text, path);
  std::string said;
  for (const compiler::Diagnostic& diagnostic : result.diagnostics) {
    said += (said.empty() ? "" : "\n") + shown(diagnostic);
  }
  if (!result.journey) return failure(ErrorCode::bad_journey, said);
  if (!said.empty()) std::fprintf(stderr, "%s\n", said.c_str());
  return std::move(*result.journey);
}

}  // namespace desirepath::collector::cli
