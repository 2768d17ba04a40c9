#include "sdk/compiler/diagnostic.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <tuple>

#include "sdk/compiler/source_excerpt.hpp"

namespace desirepath::compiler {

std::string to_string(const Diagnostic& diagnostic) {
  return diagnostic.file + ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) +
         (diagnostic.severity == Severity::error ? ": error: " : ": warning: ") + diagnostic.text;
}

void Diagnostics::add(Severity severity, std::size_t offset, std::string text) {
  const std::string_view before = text_.substr(0, offset);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  found_.push_back({severity, file_, line, characters_of(before.substr(begin)) + 1, std::move(text),
                    source_excerpt(text_, offset, line)});
  has_errors_ = has_errors_ || severity == Severity::error;
}

namespace {

// Of "\uXXXX…"; either half of a surrogate pair stands for two of its four bytes.
std::size_t utf8_bytes_of_escape(std::string_view escape) {
  const unsigned long unit = std::strtoul(std::string(escape.substr(2, 4)).c_str(), nullptr, 16);
  if (unit >= 0xd800 && unit < 0xe000) return 2;
  return unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
}

}  // namespace

void Diagnostics::error_in_text(std::size_t offset, std::size_t index, std::string text) {
  std::size_t at = offset + 1;
  for (std::size_t said = 0; said < index && at < text_.size() && text_[at] != '"';) {
    const std::size_t written = text_[at] != '\\' ? 1 : text_.substr(at, 2) == "\\u" ? 6 : 2;
    said += written == 6 ? utf8_bytes_of_escape(text_.substr(at)) : 1;
    at += written;
  }
  error(std::min(at, text_.size()), std::move(text));
}

std::vector<Diagnostic> Diagnostics::take() {
  std::stable_sort(found_.begin(), found_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  std::vector<Diagnostic> once;
  for (Diagnostic& each : found_) {
    bool is_said = false;
    for (auto other = once.rbegin(); other != once.rend() && !is_said; ++other) {
      if (other->line != each.line || other->column != each.column) break;
      is_said = other->text == each.text;
    }
    if (!is_said) once.push_back(std::move(each));
  }
  found_.clear();
  return once;
}

namespace {

// Letters added, left out, replaced, or swapped with their neighbour (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* nearest = nullptr;
  // A word of which nothing is left is not misspelt but another.
  std::size_t distance = std::min(std::max<std::size_t>(1, word.size() / 3) + 1, word.size());
  for (const std::string& candidate : candidates) {
    const std::size_t here = edit_distance(word, candidate);
    if (here < distance) {
      distance = here;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "" : " (did you mean '" + *nearest + "'?)";
}

}  // namespace desirepath::compiler
