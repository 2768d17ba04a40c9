// Patterns. A first byte `c`: the bytes that follow are a pattern's code, its ranges and a text; refused, or
// safe to search. Else a line of pattern, where case does not count behind an `i`, and a text: refused, or
// searched within the steps that are promised. A text quoted is always found in itself.
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "sdk/compiler/pattern_compiler.hpp"
#include "sdk/compiler/program_builder.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/pattern.hpp"

using namespace desirepath;

namespace {

template <typename Record>
std::vector<Record> take_records(std::string_view& bytes, std::size_t most) {
  if (bytes.empty()) return {};
  const std::size_t wanted = static_cast<std::uint8_t>(bytes[0]) % (most + 1);
  bytes.remove_prefix(1);
  std::vector<Record> records(std::min(wanted, bytes.size() / sizeof(Record)));
  if (!records.empty()) std::memcpy(records.data(), bytes.data(), records.size() * sizeof(Record));
  bytes.remove_prefix(records.size() * sizeof(Record));
  return records;
}

// A program of nothing but the pattern.
std::vector<std::uint8_t> program_of(const compiler::CompiledPattern& pattern) {
  compiler::ProgramBuilder builder;
  builder.header.journey = builder.string("f");
  builder.header.features = kFeaturePattern;
  builder.pattern("/f/", pattern.code, pattern.ranges);
  return builder.finish();
}

bool finds(const compiler::CompiledPattern& pattern, std::string_view text) {
  const std::vector<std::uint8_t> bytes = program_of(pattern);
  const LoadedProgram loaded = Program::load(bytes);
  if (loaded.error != ProgramError::none) std::abort();
  const PatternSearch search = search_pattern(loaded.program, 0, text);
  if (search.steps > 2 * std::uint64_t{pattern.code.size()} * (text.size() + 1)) std::abort();
  return search.found;
}

void search_code(std::string_view bytes) {
  compiler::CompiledPattern pattern;
  pattern.code = take_records<format::PatternInstruction>(bytes, 32);
  pattern.ranges = take_records<format::PatternRange>(bytes, 8);
  const std::vector<std::uint8_t> program = program_of(pattern);
  const LoadedProgram loaded = Program::load(program);
  if (loaded.error == ProgramError::none) (void)search_pattern(loaded.program, 0, bytes);
}

void search_text(std::string_view pattern, bool ignore_case, std::string_view text) {
  const compiler::CompiledPattern compiled = compiler::compile_pattern(pattern, ignore_case);
  if (!compiled.error) {
    (void)finds(compiled, text);
  } else if (compiled.error->at > pattern.size() || !compiled.code.empty()) {
    std::abort();
  }
  const std::string quoted = "^" + compiler::quoted_pattern(text) + "$";
  const compiler::CompiledPattern itself = compiler::compile_pattern(quoted, ignore_case);
  if (itself.error ? text.size() + 3 <= kPatternInstructionsMax : !finds(itself, text)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const char kind = input[0];
  input.remove_prefix(1);
  const std::size_t line = std::min(input.find('\n'), input.size());
  if (kind == 'c') {
    search_code(input);
  } else {
    search_text(input.substr(0, line), kind == 'i', input.substr(std::min(line + 1, input.size())));
  }
  return 0;
}
