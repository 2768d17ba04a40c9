#include "sdk/compiler/source_excerpt.hpp"

#include <algorithm>

namespace desirepath::compiler {

namespace {

constexpr std::size_t kShownBefore = 60;
constexpr std::size_t kShownAfter = 50;
constexpr std::string_view kCut = "…";

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

// The byte after which `count` characters of the text are over, or its end.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (begins_character(text[at]) && count-- == 0) break;
  }
  return at;
}

// The string, name or number at the beginning of the text; else its first character.
std::string_view first_word(std::string_view text) {
  constexpr std::string_view kEnds(" \t,:{}[]()\"");
  std::size_t end = bytes_of(text, 1);
  if (text.substr(0, 1) == "\"") {
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    ++end;
  } else if (!text.empty() && kEnds.find(text[0]) == std::string_view::npos) {
    end = text.find_first_of(kEnds);
  }
  return text.substr(0, std::min(end, text.size()));
}

}  // namespace

std::string source_excerpt(std::string_view text, std::size_t offset, std::size_t line) {
  std::size_t begin = offset;
  std::size_t shown_before = 0;
  for (std::size_t at = offset; at > 0 && text[at - 1] != '\n' && shown_before < kShownBefore; --at) {
    if (!begins_character(text[at - 1])) continue;
    begin = at - 1;
    ++shown_before;
  }
  const std::string_view before = text.substr(begin, offset - begin);
  const bool is_cut_before = begin > 0 && text[begin - 1] != '\n';

  // No character has more than four bytes.
  const std::string_view rest = text.substr(offset, 4 * (kShownAfter + 1));
  std::string_view after = rest.substr(0, rest.find_first_of("\r\n"));
  const bool is_cut_after = characters_of(after) > kShownAfter;
  if (is_cut_after) after = after.substr(0, bytes_of(after, kShownAfter));

  std::string mark(is_cut_before ? 1 : 0, ' ');
  for (const char c : before) {
    if (begins_character(c)) mark += c == '\t' ? '\t' : ' ';
  }
  mark += '^' + std::string(std::max<std::size_t>(characters_of(first_word(after)), 1) - 1, '~');

  const std::string number = std::to_string(line);
  std::string shown = "    " + number + " | ";
  if (is_cut_before) shown += kCut;
  (shown += before) += after;
  if (is_cut_after) shown += kCut;
  return shown + "\n    " + std::string(number.size(), ' ') + " | " + mark;
}

}  // namespace desirepath::compiler
