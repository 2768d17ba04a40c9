#include "collector/ingest/json_mistake.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace desirepath::collector {
namespace {

// Reads strictly from left to right. Every function returns false at the first mistake, with `at_` on it.
class StrictReader {
 public:
  explicit StrictReader(std::string_view text) : text_(text) {}

  bool document() {
    if (!values()) return false;
    space();
    return at_ == text_.size() || fail("nothing more after the end of the value");
  }
  std::size_t at() const { return at_; }
  const char* what() const { return what_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool fail(const char* what) {
    if (what_ == nullptr) what_ = at_ >= text_.size() ? "the text ends too early" : what;
    return false;
  }
  void space() {
    while (at_ < text_.size() && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')) ++at_;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // One value with all that is in it; the open containers are a list, not calls.
  bool values() {
    for (;;) {
      space();
      const char c = peek();
      if (c == '{' || c == '[') {
        ++at_;
        open_.push_back(c);
        space();
        if (!take(c == '{' ? '}' : ']')) {
          if (c == '{' && !key()) return false;
          continue;
        }
        open_.pop_back();
      } else if (!scalar(c)) {
        return false;
      }
      if (!after_value()) return false;
      if (open_.empty()) return true;
    }
  }

  // Closes what ends here and moves to the next value, if the containers go on.
  bool after_value() {
    while (!open_.empty()) {
      space();
      const bool object = open_.back() == '{';
      if (take(',')) {
        if (!object) return true;
        space();
        return key();
      }
      if (!take(object ? '}' : ']')) return fail(object ? "expected ',' or '}'" : "expected ',' or ']'");
      open_.pop_back();
    }
    return true;
  }

  bool key() {
    if (peek() != '"') return fail("expected a key in double quotes");
    if (!string()) return false;
    space();
    return take(':') || fail("expected ':'");
  }

  bool scalar(char c) {
    if (c == '"') return string();
    if (c == '-' || (c >= '0' && c <= '9')) return number();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (text_.substr(std::min(at_, text_.size()), word.size()) == word) {
        at_ += word.size();
        return true;
      }
    }
    return fail("expected a value");
  }

  bool digits() {
    if (peek() < '0' || peek() > '9') return fail("expected a digit");
    while (peek() >= '0' && peek() <= '9') ++at_;
    return true;
  }
  bool number() {
    take('-');
    if (peek() == '0') {
      ++at_;
    } else if (!digits()) {
      return false;
    }
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool string() {
    ++at_;
    while (at_ < text_.size()) {
      const auto byte = static_cast<std::uint8_t>(text_[at_]);
      if (byte == '"') {
        ++at_;
        return true;
      }
      if (byte < 0x20) return fail("a control character inside a text must be escaped");
      if (byte == '\\') {
        if (!escape()) return false;
      } else if (byte < 0x80) {
        ++at_;
      } else if (!utf8(byte)) {
        return fail("these bytes are not UTF-8");
      }
    }
    return fail("");
  }
  bool hex4(std::uint32_t& value) {
    value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const char low = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') {
        value = value * 16 + static_cast<std::uint32_t>(c - '0');
      } else if (low >= 'a' && low <= 'f') {
        value = value * 16 + static_cast<std::uint32_t>(low - 'a' + 10);
      } else {
        return fail("expected four hexadecimal digits");
      }
    }
    return true;
  }
  bool escape() {
    const std::size_t begin = at_++;
    const char c = peek();
    if (c != 'u') {
      if (c == '\0' || std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos)
        return fail("unknown escape");
      ++at_;
      return true;
    }
    ++at_;
    std::uint32_t unit = 0;
    if (!hex4(unit)) return false;
    if (unit < 0xd800 || unit > 0xdfff) return true;
    std::uint32_t low = 0;
    const bool pair = unit < 0xdc00 && take('\\') && take('u') && hex4(low) && low >= 0xdc00 && low <= 0xdfff;
    if (pair) return true;
    at_ = begin;
    what_ = "half of a surrogate pair";
    return false;
  }
  bool utf8(std::uint8_t lead) {
    const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || at_ + more >= text_.size()) return false;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text_[at_ + i]); };
    for (std::size_t i = 1; i <= more; ++i) {
      if ((byte(i) & 0xc0) != 0x80) return false;
    }
    if (lead == 0xe0 && byte(1) < 0xa0) return false;
    if (lead == 0xed && byte(1) > 0x9f) return false;
    if (lead == 0xf0 && byte(1) < 0x90) return false;
    if (lead == 0xf4 && byte(1) > 0x8f) return false;
    at_ += more + 1;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<char> open_;
  const char* what_ = nullptr;
};

}  // namespace

std::optional<JsonMistake> find_json_mistake(std::string_view text) {
  StrictReader reader(text);
  if (reader.document()) return std::nullopt;
  const std::size_t offset = std::min(reader.at(), text.size());
  const std::string_view before = text.substr(0, offset);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? offset + 1 : offset - newline;
  return JsonMistake{offset, line, column, reader.what()};
}

std::string describe(const JsonMistake& mistake) {
  return "not JSON at line " + std::to_string(mistake.line) + ", column " + std::to_string(mistake.column) +
         " (offset " + std::to_string(mistake.offset) + "): " + mistake.what;
}

}  // namespace desirepath::collector
