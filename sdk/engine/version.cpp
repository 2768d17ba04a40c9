#include "sdk/engine/version.hpp"

#include <cstdint>

#include "sdk/engine/number.hpp"

namespace desirepath {

namespace {

constexpr std::size_t kPaddedDigits = 16;
constexpr int kEnd = -1;

bool is_separator(char c) noexcept {
  return c == '.' || c == '-';
}

// Reads a version as bytes that compare in its order: numeric parts padded with spaces to one width, parts
// joined by `-`, and a fourth part `~`, the last of ASCII, behind exactly three.
class OrderedBytes {
 public:
  explicit OrderedBytes(std::string_view version) noexcept {
    if (!version.empty() && version.front() == 'v') version.remove_prefix(1);
    const std::size_t build = version.find('+');
    text_ = {version.data(), build < version.size() ? build : version.size()};
    for (const char c : text_) parts_ += is_separator(c) ? 1 : 0;
    enter_part(0);
  }

  int next() noexcept {
    if (padding_ > 0) {
      --padding_;
      return ' ';
    }
    if (at_ < part_end_) return static_cast<std::uint8_t>(text_[at_++]);
    if (part_end_ < text_.size()) {
      enter_part(part_end_ + 1);
      return '-';
    }
    if (parts_ != 3 || closing_ == 2) return kEnd;
    return closing_++ == 0 ? '-' : '~';
  }

 private:
  void enter_part(std::size_t at) noexcept {
    at_ = part_end_ = at;
    bool is_number = true;
    for (; part_end_ < text_.size() && !is_separator(text_[part_end_]); ++part_end_) {
      is_number = is_number && text_[part_end_] >= '0' && text_[part_end_] <= '9';
    }
    const std::size_t digits = part_end_ - at_;
    if (is_number && digits > 0 && digits < kPaddedDigits) padding_ = kPaddedDigits - digits;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t part_end_ = 0;
  std::size_t padding_ = 0;
  std::size_t parts_ = 1;
  int closing_ = 0;
};

std::string_view version_text(const Value& value, const NumberText& printed) noexcept {
  const std::string_view text = value.is_string() ? value.text() : printed.view();
  return text.empty() ? std::string_view("0") : text;
}

NumberText printed_number(const Value& value) noexcept {
  return value.is_number() ? print_number(value.number()) : NumberText{};
}

}  // namespace

int compare_versions(const Value& a, const Value& b) noexcept {
  const NumberText printed_a = printed_number(a);
  const NumberText printed_b = printed_number(b);
  OrderedBytes left(version_text(a, printed_a));
  OrderedBytes right(version_text(b, printed_b));
  while (true) {
    const int from_left = left.next();
    const int from_right = right.next();
    if (from_left != from_right) return from_left < from_right ? -1 : 1;
    if (from_left == kEnd) return 0;
  }
}

}  // namespace desirepath
