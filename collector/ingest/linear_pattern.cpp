#include "collector/ingest/linear_pattern.hpp"

#include "sdk/compiler/pattern_compiler.hpp"
#include "sdk/compiler/program_builder.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/pattern.hpp"

namespace desirepath::collector {

tl::expected<LinearPattern, std::string> LinearPattern::compile(std::string_view pattern) {
  const compiler::CompiledPattern compiled = compiler::compile_pattern(pattern, false);
  if (compiled.error) return tl::make_unexpected(compiled.error->text);
  compiler::ProgramBuilder builder;
  builder.header.journey = builder.string("pattern");
  builder.header.features = kFeaturePattern;
  builder.pattern("pattern", compiled.code, compiled.ranges);
  std::vector<std::uint8_t> bytes = builder.finish();
  const LoadedProgram loaded = Program::load(bytes);
  if (loaded.error != ProgramError::none) return tl::make_unexpected(std::string("it is too large"));
  return LinearPattern(std::move(bytes), loaded.program);
}

bool LinearPattern::found_in(std::string_view text) const {
  return search_pattern(program_, 0, text).found;
}

}  // namespace desirepath::collector
