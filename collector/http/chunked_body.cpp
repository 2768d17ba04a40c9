#include "collector/http/chunked_body.hpp"

#include <algorithm>
#include <charconv>

#include "collector/http/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr int kBad = 400;
constexpr int kLarge = 413;
constexpr std::string_view kLineEnd = "\r\n";

}  // namespace

std::size_t ChunkedBody::take(std::string_view text) {
  std::size_t taken = 0;
  while (refusal_ == 0 && state_ != State::whole) {
    const std::string_view rest = text.substr(taken);
    std::size_t step = 0;
    switch (state_) {
      case State::size: step = take_size(rest); break;
      case State::data: step = take_data(rest); break;
      case State::data_end: step = take_data_end(rest); break;
      case State::trailer: step = take_trailer(rest); break;
      case State::whole: break;
    }
    if (step == 0) break;
    taken += step;
  }
  return taken;
}

std::size_t ChunkedBody::refuse(int status) {
  refusal_ = status;
  return 0;
}

std::string_view ChunkedBody::line_of(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    if (text.size() > kChunkLineBytesMax) refuse(kBad);
    return {};
  }
  const std::string_view line = text.substr(0, end + 1);
  if (line.size() > kChunkLineBytesMax || !line.ends_with(kLineEnd) || line.find('\r') != line.size() - 2) {
    refuse(kBad);
    return {};
  }
  return line;
}

std::size_t ChunkedBody::take_size(std::string_view text) {
  const std::string_view line = line_of(text);
  if (line.empty()) return 0;
  const std::string_view digits = line.substr(0, std::min(line.find(';'), line.size() - kLineEnd.size()));
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
  if (digits.empty() || digits.front() == '-' || parsed.ptr != digits.data() + digits.size() ||
      parsed.ec == std::errc::invalid_argument) {
    return refuse(kBad);
  }
  if (parsed.ec != std::errc() || left_ > bytes_max_ - bytes_.size()) return refuse(kLarge);
  state_ = left_ == 0 ? State::trailer : State::data;
  return line.size();
}

std::size_t ChunkedBody::take_data(std::string_view text) {
  const std::string_view part = text.substr(0, left_);
  bytes_.append(part);
  left_ -= part.size();
  if (left_ == 0) state_ = State::data_end;
  return part.size();
}

std::size_t ChunkedBody::take_data_end(std::string_view text) {
  if (text.size() < kLineEnd.size() && kLineEnd.starts_with(text)) return 0;
  if (!text.starts_with(kLineEnd)) return refuse(kBad);
  state_ = State::size;
  return kLineEnd.size();
}

std::size_t ChunkedBody::take_trailer(std::string_view text) {
  const std::string_view line = line_of(text);
  if (line.empty()) return 0;
  trailer_bytes_ += line.size();
  if (trailer_bytes_ > kHeaderBytesMax) return refuse(kBad);
  if (line == kLineEnd) state_ = State::whole;
  return line.size();
}

}  // namespace desirepath::collector
