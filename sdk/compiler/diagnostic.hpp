// What the compiler has to say about a journey: what is wrong, where, and what would be right.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace desirepath::compiler {

enum class Severity { error, warning };

struct Diagnostic {
  Severity severity;
  std::string file;
  std::size_t line;    // from 1
  std::size_t column;  // from 1, in characters of UTF-8
  std::string text;
  std::string excerpt;  // its place for people, source_excerpt.hpp
};

// "file:line:col: error: text"
std::string to_string(const Diagnostic& diagnostic);

// Collects what is found in one source text. Offsets are bytes into that text, which must outlive this
// object.
class Diagnostics {
 public:
  Diagnostics(std::string_view file, std::string_view text) : file_(file), text_(text) {}

  void error(std::size_t offset, std::string text) { add(Severity::error, offset, std::move(text)); }
  void warning(std::size_t offset, std::string text) { add(Severity::warning, offset, std::move(text)); }
  // At the byte `index` of what the string literal at `offset` says, its escapes undone.
  void error_in_text(std::size_t offset, std::size_t index, std::string text);
  bool has_errors() const { return has_errors_; }

  // In the order of the source, each once.
  std::vector<Diagnostic> take();

 private:
  struct Found {
    Severity severity;
    std::size_t offset;
    std::string text;
  };
  void add(Severity severity, std::size_t offset, std::string text);

  std::string file_;
  std::string_view text_;
  std::vector<Found> found_;
  bool has_errors_ = false;
};

// " (did you mean 'x'?)" for the candidate nearest to `word`, empty where none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace desirepath::compiler
