#include "sdk/compiler/json_mistake.hpp"

#include <algorithm>
#include <optional>

namespace desirepath::compiler {

namespace {

constexpr std::size_t kShownWordBytesMax = 40;
constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// What stands between two tokens.
struct Gap {
  std::size_t end = 0;  // where the next token begins
  std::size_t comma = kNone;
  std::size_t second_comma = kNone;
  std::size_t colon = kNone;
  std::size_t second_colon = kNone;
  std::optional<JsonMistake> comment;
};

void note(std::size_t at, std::size_t& first, std::size_t& second) {
  (first == kNone ? first : second) = at;
}

Gap gap_at(std::string_view text, std::size_t at) {
  Gap gap;
  while (at < text.size()) {
    if (text.substr(at, 2) == "//") {
      at = std::min(text.find_first_of("\r\n", at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      const std::size_t end = text.find("*/", at + 2);
      if (end == kNone) gap.comment = JsonMistake{at, "this comment is not closed: '*/' is missing"};
      at = end == kNone ? text.size() : end + 2;
    } else if (at == 0 && text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      at += kByteOrderMark.size();
    } else if (text[at] == ',') {
      note(at++, gap.comma, gap.second_comma);
    } else if (text[at] == ':') {
      note(at++, gap.colon, gap.second_colon);
    } else if (kSpace.find(text[at]) != kNone) {
      ++at;
    } else {
      break;
    }
  }
  gap.end = at;
  return gap;
}

// The word or number at the beginning of the text, as much of it as can be shown.
std::string word_of(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < kShownWordBytesMax && text[end] > ' ' && text[end] <= '~' &&
         std::string_view(",:{}[]\"'").find(text[end]) == kNone) {
    ++end;
  }
  return std::string(text.substr(0, end));
}

class MistakeFinder {
 public:
  MistakeFinder(std::string_view text, const JsonStop& stop)
      : text_(text), stop_(stop), gap_(gap_at(text, stop.at)) {}

  JsonMistake find() const {
    if (const auto found = joined_word()) return *found;
    if (gap_.comment) return *gap_.comment;
    if (gap_.end == text_.size()) return ending();
    if (stop_.after == JsonStop::After::value && stop_.open == nullptr) {
      return {gap_.end, "the journey ends before this; nothing may follow what closes it"};
    }
    if (next() == '/' || next() == '#') {
      return {gap_.end, "a comment begins with '//' or stands between '/*' and '*/'"};
    }
    if (const auto found = separator()) return *found;
    return next() == '"' ? string() : token();
  }

 private:
  char next() const { return text_[gap_.end]; }
  bool in_object() const { return stop_.open != nullptr && stop_.open->is_object(); }
  bool is_after(JsonStop::After what) const { return stop_.after == what; }

  // What the parser takes for two tokens and people for one, such as 012.
  std::optional<JsonMistake> joined_word() const {
    if (!is_after(JsonStop::After::value) || stop_.seen > stop_.at) return std::nullopt;
    const std::size_t begin = text_.find_last_of(" \t\r\n,:[/", stop_.at - 1) + 1;
    return JsonMistake{begin, no_value(word_of(text_.substr(begin)))};
  }

  JsonMistake ending() const {
    if (stop_.open != nullptr) {
      return {stop_.open->offset, std::string("this ") + (in_object() ? "object" : "list") +
                                      " is not closed: '" + (in_object() ? '}' : ']') + "' is missing"};
    }
    return {0, "there is nothing in it; a journey begins with '{'"};
  }

  // What is wrong with the commas and colons before the next token, or with a bracket that it is.
  std::optional<JsonMistake> separator() const {
    const bool closes = next() == '}' || next() == ']';
    const std::size_t stray_colon = is_after(JsonStop::After::key) ? gap_.second_colon : gap_.colon;
    const std::size_t stray_comma = is_after(JsonStop::After::value) ? gap_.second_comma : gap_.comma;
    if (stray_comma != kNone) return JsonMistake{stray_comma, "this ',' is one too many"};
    if (stray_colon != kNone) return JsonMistake{stray_colon, "this ':' stands behind no key"};
    if (is_after(JsonStop::After::key)) {
      if (closes) return JsonMistake{gap_.end, "the value of the key before this is missing"};
      if (gap_.colon == kNone) return JsonMistake{gap_.end, "':' is missing before this"};
      return std::nullopt;
    }
    if (closes) return closing();
    if (is_after(JsonStop::After::value) && gap_.comma == kNone) {
      return JsonMistake{gap_.end, "',' is missing before this"};
    }
    return std::nullopt;
  }

  JsonMistake closing() const {
    if (stop_.open == nullptr) return {gap_.end, "there is nothing to close; a journey begins with '{'"};
    if ((next() == '}') == in_object()) return {gap_.comma, "nothing follows this ','; take it out"};
    const auto line = 1 + std::count(text_.begin(), text_.begin() + stop_.open->offset, '\n');
    return {gap_.end, std::string("'") + (in_object() ? '}' : ']') + "' is missing before this: the " +
                          (in_object() ? "object" : "list") + " of line " + std::to_string(line) +
                          " is not closed"};
  }

  // A string that is none: the parser has looked as far as the byte that is wrong in it.
  JsonMistake string() const {
    const std::size_t wrong = std::min(std::max(stop_.seen, gap_.end + 2), text_.size() + 1) - 1;
    if (const auto begin = broken_character(wrong)) {
      return {*begin, "this is no UTF-8; save the file as UTF-8"};
    }
    if (wrong >= text_.size() || text_[wrong] == '\n' || text_[wrong] == '\r') {
      return {gap_.end, "this text is not closed: '\"' is missing"};
    }
    if (static_cast<unsigned char>(text_[wrong]) < ' ') {
      return {wrong,
              "in a text a tab is written as '\\t', another control character as '\\u' and four digits"};
    }
    const std::size_t escape = text_.substr(0, wrong).rfind('\\');
    if (escape == kNone || escape < gap_.end) return {gap_.end, "a text is not expected here"};
    const std::string_view written = text_.substr(escape, 2);
    if (std::string_view("\"\\/bfnrtu").find(written.back()) == kNone) {
      return {escape, "'" + std::string(written) + "' stands for nothing; a backslash is written as '\\\\'"};
    }
    return {escape,
            "after '\\u' come four hexadecimal digits, two such halves for a character beyond U+FFFF"};
  }

  // Where the character begins that `wrong` does not complete.
  std::optional<std::size_t> broken_character(std::size_t wrong) const {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text_[at]); };
    std::size_t lead = wrong - 1;
    while (lead > gap_.end && (byte(lead) & 0xc0) == 0x80) --lead;
    const std::size_t bytes = byte(lead) >= 0xf0 ? 4 : byte(lead) >= 0xe0 ? 3 : byte(lead) >= 0xc0 ? 2 : 1;
    if (bytes > wrong - lead) return lead;
    if (wrong < text_.size() && byte(wrong) >= 0x80) return wrong;
    return std::nullopt;
  }

  JsonMistake token() const {
    const bool wants_key = in_object() && !is_after(JsonStop::After::key);
    const std::string_view rest = text_.substr(gap_.end);
    for (const std::string_view quote : {"'", "`", "“", "”", "„", "‘", "’", "«"}) {
      if (rest.substr(0, quote.size()) != quote) continue;
      return {gap_.end, "texts and keys stand between straight double quotes: \"…\""};
    }
    const std::string word = word_of(rest);
    if (word.empty()) return {gap_.end, wants_key ? "a key is expected here" : "a value is expected here"};
    if (wants_key) return {gap_.end, "a key stands between double quotes: \"" + word + "\""};
    return {gap_.end, no_value(word)};
  }

  std::string no_value(const std::string& word) const {
    if (stop_.is_overflow) return word + " is beyond the numbers there are, which end at about 1.8e308";
    if (std::string_view("+-.0123456789").find(word.front()) != kNone) {
      return "'" + word + "' is no number; JSON writes them as 0.5, 12 or -3e5";
    }
    const std::string meant = did_you_mean(word, {"true", "false", "null"});
    return "'" + word + "' is no value" + (meant.empty() ? "; texts stand between double quotes" : meant);
  }

  std::string_view text_;
  const JsonStop& stop_;
  const Gap gap_;
};

}  // namespace

JsonMistake find_json_mistake(std::string_view text, const JsonStop& stop) {
  return MistakeFinder(text, stop).find();
}

}  // namespace desirepath::compiler
