#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "sdk/compiler/json_source.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

namespace {

constexpr std::string_view kSpace(" \t\r\n");
constexpr std::string_view kByteOrderMark("\xef\xbb\xbf");
constexpr std::string_view kWordEnds(" \t\r\n,:{}[]\"/");

// How many bytes the character of UTF-8 that begins here has; 0 where it is none.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool is_overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool is_surrogate = first == 0xed && byte(1) >= 0xa0;
  const bool is_too_large = first == 0xf4 && byte(1) >= 0x90;
  return is_overlong || is_surrogate || is_too_large ? 0 : length;
}

void append_character(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int tails = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned kLeads[] = {0xc0, 0xe0, 0xf0};
  out += static_cast<char>(kLeads[tails - 1] | (code >> (6 * tails)));
  for (int i = tails - 1; i >= 0; --i) out += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3f));
}

// Recursive descent. A mistake after which the rest still reads as meant is said and passed over; the first
// other one ends the reading: every function returns whether it can go on.
class JsonParser {
 public:
  JsonParser(std::string_view text, Diagnostics& diagnostics) : text_(text), diagnostics_(diagnostics) {}

  std::unique_ptr<JsonNode> parse() {
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ = kByteOrderMark.size();
    auto root = std::make_unique<JsonNode>();
    if (!value(*root) || !space()) return nullptr;
    if (at_ < text_.size()) {
      complain(at_, "nothing may follow the journey's last '}'");
      return nullptr;
    }
    return root;
  }

 private:
  void complain(std::size_t offset, const std::string& what) {
    diagnostics_.error(offset, "not JSON: " + what);
  }
  bool stop(std::size_t offset, const std::string& what) {
    complain(offset, what);
    return false;
  }

  bool ended() const { return at_ >= text_.size(); }
  char next() const { return ended() ? '\0' : text_[at_]; }
  std::string line_of(std::size_t offset) const {
    return std::to_string(
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n') + 1);
  }

  // Past white space and comments.
  bool space() {
    while (!ended()) {
      if (kSpace.find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      } else if (text_.substr(at_, 2) == "/*") {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return stop(at_, "this comment does not end; close it with '*/'");
        at_ = end + 2;
      } else {
        break;
      }
    }
    return true;
  }

  // What stands here, for a message.
  std::string found() const {
    if (ended()) return "the text ends";
    const std::size_t word = std::min(text_.find_first_of(kWordEnds, at_), text_.size());
    const std::size_t length = std::max(character_bytes(text_.substr(at_)), word - at_);
    return "here is '" + std::string(text_.substr(at_, std::clamp<std::size_t>(length, 1, 40))) + "'";
  }

  bool value(JsonNode& node) {
    if (!space()) return false;
    node.offset = at_;
    bool goes_on = false;
    switch (next()) {
      case '{': goes_on = enter(node, JsonNode::Kind::object); break;
      case '[': goes_on = enter(node, JsonNode::Kind::array); break;
      case '"':
        node.kind = JsonNode::Kind::string;
        goes_on = string(node.text);
        break;
      default: goes_on = word(node);
    }
    node.end = at_;
    return goes_on;
  }

  bool enter(JsonNode& node, JsonNode::Kind kind) {
    if (depth_ >= kJsonDepthMax) {
      return stop(at_, "nested deeper than " + std::to_string(kJsonDepthMax));
    }
    node.kind = kind;
    ++at_;
    ++depth_;
    const bool goes_on = kind == JsonNode::Kind::object ? members(node) : items(node);
    --depth_;
    return goes_on;
  }

  bool items(JsonNode& array) {
    while (true) {
      bool is_closed = false;
      if (!separator(array, ']', array.items.empty(), is_closed)) return false;
      if (is_closed) return true;
      if (!value(array.items.emplace_back())) return false;
    }
  }

  bool members(JsonNode& object) {
    std::map<std::string, std::size_t, std::less<>> known;
    while (true) {
      bool is_closed = false;
      if (!separator(object, '}', object.members.empty(), is_closed)) return false;
      if (is_closed) return true;
      JsonMember& member = object.members.emplace_back();
      member.offset = at_;
      if (!key(member.key)) return false;
      const auto [first, is_new] = known.emplace(member.key, member.offset);
      if (!is_new) {
        diagnostics_.error(member.offset,
                           "'" + member.key + "' is given twice; first in line " + line_of(first->second));
      }
      if (!space()) return false;
      if (next() != ':') return stop(at_, "after the key '" + member.key + "' comes ':', " + found());
      ++at_;
      if (!value(member.value)) return false;
    }
  }

  // What stands between the values of an array or the members of an object, or closes it.
  bool separator(const JsonNode& container, char closer, bool is_first, bool& is_closed) {
    const char* what = closer == ']' ? "array" : "object";
    if (!space()) return false;
    const std::size_t comma = at_;
    const bool has_comma = next() == ',' && !is_first;
    if (has_comma) {
      ++at_;
      if (!space()) return false;
    }
    if (ended()) {
      return stop(at_, std::string("the text ends inside the ") + what + " that begins in line " +
                           line_of(container.offset));
    }
    if (next() == closer) {
      if (has_comma) complain(comma, std::string("no comma stands before the end of an ") + what);
      ++at_;
      is_closed = true;
      return true;
    }
    const bool is_other_closer = next() == ']' || next() == '}';
    if (is_other_closer) {
      return stop(at_, std::string("'") + next() + "' does not close the " + what + " that begins in line " +
                           line_of(container.offset));
    }
    if (!is_first && !has_comma) {
      if (next() == ':' || next() == '=') return stop(at_, "a comma is expected, " + found());
      complain(at_, std::string("a comma is missing before this ") + (closer == ']' ? "value" : "key"));
    }
    return true;
  }

  bool key(std::string& text) {
    if (next() == '"') return string(text);
    const std::size_t end = std::min(text_.find_first_of(kWordEnds, at_), text_.size());
    if (end == at_ || next() == '\'') return stop(at_, "a key in double quotes is expected, " + found());
    text = text_.substr(at_, end - at_);
    complain(at_, "a key stands in double quotes: \"" + text + "\"");
    at_ = end;
    return true;
  }

  bool string(std::string& out) {
    const std::size_t begin = at_++;
    while (true) {
      if (ended() || next() == '\n' || next() == '\r') {
        return stop(begin, "this string is not closed on its line");
      }
      if (next() == '"') {
        ++at_;
        return true;
      }
      if (next() == '\\') {
        escape(out);
        continue;
      }
      const std::size_t length = character_bytes(text_.substr(at_));
      if (length == 0) return stop(at_, "this is not UTF-8");
      if (static_cast<unsigned char>(next()) < 0x20) {
        complain(at_, "a control character is written as \\u00XX in a string");
      }
      out += text_.substr(at_, length);
      at_ += length;
    }
  }

  void escape(std::string& out) {
    constexpr std::string_view kWritten("\"\\/bfnrt");
    constexpr std::string_view kMeant("\"\\/\b\f\n\r\t");
    const std::size_t begin = at_++;
    const std::size_t known = ended() ? std::string_view::npos : kWritten.find(next());
    if (known != std::string_view::npos) {
      out += kMeant[known];
      ++at_;
    } else if (next() == 'u') {
      unicode(out, begin);
    } else {
      complain(begin, "unknown escape '\\" + std::string(ended() ? "" : text_.substr(at_, 1)) +
                          "'; a backslash itself is written \\\\");
    }
  }

  // Four hexadecimal digits at `from`; -1 where they are not there.
  int code_unit(std::size_t from) const {
    const std::string digits(text_.substr(std::min(from, text_.size()), 4));
    if (digits.size() != 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      return -1;
    return static_cast<int>(std::strtol(digits.c_str(), nullptr, 16));
  }

  void unicode(std::string& out, std::size_t begin) {
    const int unit = code_unit(begin + 2);
    if (unit < 0) {
      complain(begin, "\\u takes four hexadecimal digits");
      return;
    }
    at_ = begin + 6;
    const bool is_high = unit >= 0xd800 && unit < 0xdc00;
    const int low = is_high && text_.substr(at_, 2) == "\\u" ? code_unit(at_ + 2) : -1;
    if (low >= 0xdc00 && low < 0xe000) {
      at_ += 6;
      append_character(
          out, 0x10000u + (static_cast<unsigned>(unit - 0xd800) << 10) + static_cast<unsigned>(low - 0xdc00));
    } else if (unit >= 0xd800 && unit < 0xe000) {
      complain(begin, "half of a surrogate pair is no character");
    } else {
      append_character(out, static_cast<unsigned>(unit));
    }
  }

  // true, false, null or a number.
  bool word(JsonNode& node) {
    const std::size_t begin = at_;
    const std::string text(
        text_.substr(at_, std::min(text_.find_first_of(kWordEnds, at_), text_.size()) - at_));
    if (text.empty() || text.front() == '\'') return stop(at_, "a value is expected, " + found());
    at_ += text.size();
    if (text == "null") return true;
    if (text == "true" || text == "false") {
      node.kind = JsonNode::Kind::boolean;
      node.boolean = text == "true";
      return true;
    }
    if (!is_number(text)) {
      return stop(begin, "'" + text + "' is no value" + did_you_mean(text, {"true", "false", "null"}) +
                             "; a text stands in double quotes");
    }
    node.kind = JsonNode::Kind::number;
    node.number = std::strtod(text.c_str(), nullptr);
    if (!std::isfinite(node.number)) return stop(begin, "'" + text + "' is too large for a number");
    return true;
  }

  static bool is_number(std::string_view text) {
    constexpr std::string_view kDigits("0123456789");
    std::size_t at = text.front() == '-' ? 1 : 0;
    const auto digits = [&] {
      const std::size_t begin = at;
      at = std::min(text.find_first_not_of(kDigits, at), text.size());
      return at - begin;
    };
    const std::size_t whole = at;
    const std::size_t count = digits();
    if (count == 0 || (count > 1 && text[whole] == '0')) return false;
    if (at < text.size() && text[at] == '.') {
      ++at;
      if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
      ++at;
      if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
      if (digits() == 0) return false;
    }
    return at == text.size();
  }

  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::unique_ptr<JsonNode> parse_json(std::string_view text, Diagnostics& diagnostics) {
  return JsonParser(text, diagnostics).parse();
}

}  // namespace desirepath::compiler
