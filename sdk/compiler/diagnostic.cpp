#include "sdk/compiler/diagnostic.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>

#include "sdk/compiler/source_excerpt.hpp"

namespace desirepath::compiler {

std::string to_string(const Diagnostic& diagnostic) {
  return diagnostic.file + ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) +
         (diagnostic.severity == Severity::error ? ": error: " : ": warning: ") + diagnostic.text;
}

void Diagnostics::add(Severity severity, std::size_t offset, std::string text) {
  found_.push_back({severity, std::min(offset, text_.size()), std::move(text)});
  has_errors_ = has_errors_ || severity == Severity::error;
}

namespace {

// What stands at the beginning of the text, as written and as meant, in bytes.
struct Written {
  std::size_t source_bytes = 1;
  std::size_t text_bytes = 1;
};

Written first_written(std::string_view text) {
  if (text.substr(0, 1) != "\\") return {1, 1};
  if (text.substr(1, 1) != "u") return {2, 1};
  const unsigned long unit = std::strtoul(std::string(text.substr(2, 4)).c_str(), nullptr, 16);
  if (unit >= 0xd800 && unit < 0xe000) return {12, 4};
  return {6, unit < 0x80 ? std::size_t{1} : unit < 0x800 ? std::size_t{2} : std::size_t{3}};
}

}  // namespace

void Diagnostics::error_in_text(std::size_t offset, std::size_t index, std::string text) {
  std::size_t at = offset + 1;
  for (std::size_t passed = 0; at < text_.size() && text_[at] != '"';) {
    const Written next = first_written(text_.substr(at));
    if (passed + next.text_bytes > index) break;
    passed += next.text_bytes;
    at += next.source_bytes;
  }
  error(at, std::move(text));
}

// Lines and columns are counted in one pass over the text, however many places there are.
std::vector<Diagnostic> Diagnostics::take() {
  std::stable_sort(found_.begin(), found_.end(),
                   [](const Found& a, const Found& b) { return a.offset < b.offset; });
  std::vector<Diagnostic> diagnostics;
  std::set<std::string_view> said_here;
  std::size_t at = 0;
  std::size_t line = 1;
  std::size_t column = 1;
  for (const Found& each : found_) {
    if (at != each.offset) said_here.clear();
    for (; at < each.offset; ++at) {
      const bool is_line_end = text_[at] == '\n';
      line += is_line_end ? 1 : 0;
      column = is_line_end ? 1 : column + (begins_character(text_[at]) ? 1 : 0);
    }
    if (!said_here.insert(each.text).second) continue;
    diagnostics.push_back(
        {each.severity, file_, line, column, each.text, source_excerpt(text_, each.offset, line)});
  }
  found_.clear();
  return diagnostics;
}

namespace {

// How far words are from one: letters added, left out, replaced, or swapped with their neighbour (optimal
// string alignment).
class WordDistance {
 public:
  explicit WordDistance(std::string_view word) : word_(word) {}

  // `limit` where it is that or more.
  std::size_t to(std::string_view other, std::size_t limit) {
    if (std::max(word_.size(), other.size()) - std::min(word_.size(), other.size()) >= limit) return limit;
    for (std::vector<std::size_t>* row : {&before_last_, &last_, &row_}) row->resize(other.size() + 1);
    std::iota(row_.begin(), row_.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word_.size(); ++i) {
      std::swap(before_last_, last_);
      std::swap(last_, row_);
      fill_row(other, i);
    }
    return std::min(row_[other.size()], limit);
  }

 private:
  void fill_row(std::string_view other, std::size_t i) {
    row_[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t replaced = last_[j - 1] + (word_[i - 1] == other[j - 1] ? 0 : 1);
      row_[j] = std::min({last_[j] + 1, row_[j - 1] + 1, replaced});
      const bool is_swapped = i > 1 && j > 1 && word_[i - 1] == other[j - 2] && word_[i - 2] == other[j - 1];
      if (is_swapped) row_[j] = std::min(row_[j], before_last_[j - 2] + 1);
    }
  }

  std::string_view word_;
  std::vector<std::size_t> before_last_;
  std::vector<std::size_t> last_;
  std::vector<std::size_t> row_;
};

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* nearest = nullptr;
  // A word of which nothing is left is not misspelt but another.
  std::size_t distance = std::min(std::max<std::size_t>(1, word.size() / 3) + 1, word.size());
  WordDistance words(word);
  for (const std::string& candidate : candidates) {
    const std::size_t here = words.to(candidate, distance);
    if (here < distance) {
      distance = here;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "" : " (did you mean '" + *nearest + "'?)";
}

}  // namespace desirepath::compiler
