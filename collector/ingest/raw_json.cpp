#include "collector/ingest/raw_json.hpp"

#include <algorithm>
#include <cstdint>

namespace desirepath::collector {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Walks one text from part to part.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {}

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool accept(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_end() const { return at_ >= text_.size(); }

  // The inside of the string that begins here; none where there is no whole string.
  std::optional<std::string_view> string() {
    if (at_ >= text_.size() || text_[at_] != '"') return std::nullopt;
    const std::size_t begin = at_ + 1;
    if (!skip_string()) return std::nullopt;
    return text_.substr(begin, at_ - begin - 1);
  }

  // Everything up to the comma or the closing bracket that ends this part; none where the text ends first.
  std::optional<std::string_view> part() {
    const std::size_t begin = at_;
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return std::nullopt;
        continue;
      }
      if (c == '{' || c == '[') {
        deepest_ = std::max(deepest_, ++depth);
      } else if (c == '}' || c == ']') {
        if (depth-- == 0) return trim_json(text_.substr(begin, at_ - begin));
      } else if (c == ',' && depth == 0) {
        return trim_json(text_.substr(begin, at_ - begin));
      }
      ++at_;
    }
    return std::nullopt;
  }
  int deepest() const { return deepest_; }

 private:
  bool skip_string() {
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '"') {
        at_ = i + 1;
        return true;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int deepest_ = 0;
};

std::uint32_t hex4(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits.substr(0, 4)) {
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | (point >> 6));
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3f));
    put(0x80 | ((point >> 6) & 0x3f));
    put(0x80 | (point & 0x3f));
  }
}

// Resolves escapes; on text that no parser has accepted the result is some text.
std::string unescape(std::string_view inside) {
  std::string out;
  out.reserve(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\' || i + 1 >= inside.size()) {
      out += inside[i];
      continue;
    }
    const char escape = inside[++i];
    switch (escape) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        std::uint32_t point = hex4(inside.substr(std::min(i + 1, inside.size())));
        i += 4;
        if (point >= 0xd800 && point < 0xdc00 && i + 6 < inside.size() && inside[i + 1] == '\\') {
          point = 0x10000 + ((point - 0xd800) << 10) + (hex4(inside.substr(i + 3)) - 0xdc00);
          i += 6;
        }
        append_utf8(out, point);
        break;
      }
      default: out += escape;
    }
  }
  return out;
}

}  // namespace

const RawMember* RawObject::find(std::string_view name) const {
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    if (key_is(member->key, name)) return &*member;
  }
  return nullptr;
}

std::string_view trim_json(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<RawObject> cut_object(std::string_view text) {
  Cutter cutter(text);
  RawObject object;
  object.members.reserve(12);
  cutter.skip_space();
  if (!cutter.accept('{')) return std::nullopt;
  cutter.skip_space();
  if (!cutter.accept('}')) {
    do {
      cutter.skip_space();
      const auto key = cutter.string();
      cutter.skip_space();
      if (!key || !cutter.accept(':')) return std::nullopt;
      const auto value = cutter.part();
      if (!value) return std::nullopt;
      object.members.push_back(RawMember{*key, *value});
    } while (cutter.accept(','));
    if (!cutter.accept('}')) return std::nullopt;
  }
  cutter.skip_space();
  if (!cutter.at_end()) return std::nullopt;
  object.depth = cutter.deepest() + 1;
  return object;
}

std::optional<std::vector<std::string_view>> cut_array(std::string_view text) {
  Cutter cutter(text);
  std::vector<std::string_view> elements;
  cutter.skip_space();
  if (!cutter.accept('[')) return std::nullopt;
  cutter.skip_space();
  if (!cutter.accept(']')) {
    do {
      const auto element = cutter.part();
      if (!element) return std::nullopt;
      elements.push_back(*element);
    } while (cutter.accept(','));
    if (!cutter.accept(']')) return std::nullopt;
  }
  cutter.skip_space();
  if (!cutter.at_end()) return std::nullopt;
  return elements;
}

bool is_null(std::string_view value) {
  return value == "null";
}

bool is_string(std::string_view value) {
  return value.size() >= 2 && value.front() == '"';
}

std::string unescape_json(std::string_view value) {
  const std::string_view inside = value.substr(1, value.size() - 2);
  if (inside.find('\\') == std::string_view::npos) return std::string(inside);
  return unescape(inside);
}

bool key_is(std::string_view key, std::string_view name) {
  if (key.find('\\') == std::string_view::npos) return key == name;
  return unescape(key) == name;
}

}  // namespace desirepath::collector
