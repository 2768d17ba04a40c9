#include "sdk/engine/value.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"

namespace desirepath {

namespace {

// One array or object that is being checked: where it ends and how many items are still to come.
struct OpenContainer {
  std::size_t end;
  std::uint32_t left;
  bool keyed;
};

}  // namespace

Value Value::of(double number) noexcept {
  Value value;
  value.tag_ = Tag::number;
  value.number_ = number;
  return value;
}

Value Value::of(bool boolean) noexcept {
  Value value;
  value.tag_ = boolean ? Tag::boolean_true : Tag::boolean_false;
  return value;
}

Value Value::of(std::string_view text) noexcept {
  Value value;
  value.tag_ = Tag::string;
  value.size_ = static_cast<std::uint32_t>(text.size());
  value.data_ = reinterpret_cast<const std::uint8_t*>(text.data());
  return value;
}

Value Value::read(const std::uint8_t* at) noexcept {
  Value value;
  value.tag_ = static_cast<Tag>(*at);
  switch (value.tag_) {
    case Tag::number: value.number_ = load<double>(at + 1); break;
    case Tag::string:
      value.size_ = load<std::uint32_t>(at + 1);
      value.data_ = at + 5;
      break;
    case Tag::array:
    case Tag::object:
      value.size_ = load<std::uint32_t>(at + 5);
      value.data_ = at + kContainerHeadBytes;
      break;
    default: break;
  }
  return value;
}

Value Value::at(std::string_view key) const noexcept {
  ValueCursor cursor(*this);
  if (is_object()) {
    while (cursor.next()) {
      if (cursor.key() == key) return cursor.value();
    }
  } else if (is_array() && !key.empty() && key.size() <= 9) {
    std::uint32_t index = 0;
    for (const char c : key) {
      if (c < '0' || c > '9') return {};
      index = index * 10 + static_cast<std::uint32_t>(c - '0');
    }
    while (cursor.next()) {
      if (index-- == 0) return cursor.value();
    }
  }
  return {};
}

bool Value::equal(const Value& a, const Value& b) noexcept {
  if (a.tag_ != b.tag_) return false;
  switch (a.tag_) {
    case Tag::number: return a.number_ == b.number_;
    case Tag::string: return a.text() == b.text();
    case Tag::array:
    case Tag::object: {
      if (a.size_ != b.size_) return false;
      ValueCursor left(a);
      ValueCursor right(b);
      while (left.next() && right.next()) {
        const bool in_step = left.key() == right.key();
        if (!equal(left.value(), in_step ? right.value() : b.at(left.key()))) return false;
      }
      return true;
    }
    default: return true;
  }
}

std::size_t encoded_size(const std::uint8_t* at) noexcept {
  switch (static_cast<Tag>(*at)) {
    case Tag::number: return 9;
    case Tag::string: return 5 + std::size_t{load<std::uint32_t>(at + 1)};
    case Tag::array:
    case Tag::object: return kContainerHeadBytes + load<std::uint32_t>(at + 1);
    default: return 1;
  }
}

std::size_t validated_size(std::span<const std::uint8_t> bytes) noexcept {
  OpenContainer open[kValueDepthMax];
  int depth = 0;
  std::size_t at = 0;
  const auto fits = [&](std::size_t size) { return size <= bytes.size() - at; };

  while (true) {
    if (!fits(1)) return 0;
    switch (static_cast<Tag>(bytes[at])) {
      case Tag::null:
      case Tag::boolean_false:
      case Tag::boolean_true: at += 1; break;
      case Tag::number:
        if (!fits(9) || !is_finite(load<double>(&bytes[at + 1]))) return 0;
        at += 9;
        break;
      case Tag::string: {
        if (!fits(5) || !fits(5 + std::size_t{load<std::uint32_t>(&bytes[at + 1])})) return 0;
        at += encoded_size(&bytes[at]);
        break;
      }
      case Tag::array:
      case Tag::object: {
        if (depth == kValueDepthMax || !fits(kContainerHeadBytes)) return 0;
        if (!fits(kContainerHeadBytes + std::size_t{load<std::uint32_t>(&bytes[at + 1])})) return 0;
        open[depth++] = {at + encoded_size(&bytes[at]), load<std::uint32_t>(&bytes[at + 5]),
                         static_cast<Tag>(bytes[at]) == Tag::object};
        at += kContainerHeadBytes;
        break;
      }
      default: return 0;
    }
    while (depth > 0 && open[depth - 1].left == 0) {
      if (at != open[depth - 1].end) return 0;
      --depth;
    }
    if (depth == 0) return at;
    OpenContainer& container = open[depth - 1];
    --container.left;
    if (container.keyed) {
      if (!fits(4) || !fits(4 + std::size_t{load<std::uint32_t>(&bytes[at])})) return 0;
      at += 4 + std::size_t{load<std::uint32_t>(&bytes[at])};
    }
    if (at >= container.end) return 0;
  }
}

ValueCursor::ValueCursor(const Value& container) noexcept {
  if (!container.is_array() && !container.is_object()) return;
  at_ = container.items();
  left_ = container.count();
  keyed_ = container.is_object();
}

bool ValueCursor::next() noexcept {
  if (left_ == 0) return false;
  --left_;
  if (keyed_) {
    const std::uint32_t length = load<std::uint32_t>(at_);
    key_ = text_at(at_ + 4, length);
    at_ += 4 + std::size_t{length};
  }
  value_ = Value::read(at_);
  at_ += encoded_size(at_);
  return true;
}

}  // namespace desirepath
