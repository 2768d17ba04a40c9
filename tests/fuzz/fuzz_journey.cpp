#include "tests/fuzz/fuzz_journey.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "sdk/compiler/compile.hpp"

namespace desirepath::fuzz {

namespace {

std::string everything() {
  std::ifstream file(DESIREPATH_EVERYTHING);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Everywhere; it must be there.
std::string replaced(std::string text, std::string_view old, std::string_view now) {
  std::size_t at = text.find(old);
  if (at == std::string::npos) std::abort();
  for (; at != std::string::npos; at = text.find(old, at + now.size())) text.replace(at, old.size(), now);
  return text;
}

std::string earlier() {
  std::string text = replaced(everything(), R"("migrate": { "consider": "evaluate" },)", "");
  text = replaced(text, "evaluate", "consider");
  text = replaced(text, R"([ "30m", "4h" ])", R"([ "30m", "2h" ])");
  return replaced(text, R"("for": "14d")", R"("for": "7d")");
}

compiler::CompiledJourney compiled(const std::string& text) {
  compiler::CompileResult result = compiler::compile_journey(text, DESIREPATH_EVERYTHING);
  if (!result.journey) std::abort();
  return std::move(*result.journey);
}

}  // namespace

const std::vector<std::uint8_t>& program_bytes() {
  static const std::vector<std::uint8_t> kBytes = compiled(everything()).program;
  return kBytes;
}

const std::vector<std::uint8_t>& device_program_bytes() {
  static const std::vector<std::uint8_t> kBytes = compiled(everything()).device_program;
  return kBytes;
}

const std::vector<std::uint8_t>& earlier_program_bytes() {
  static const std::vector<std::uint8_t> kBytes = compiled(earlier()).program;
  return kBytes;
}

}  // namespace desirepath::fuzz
