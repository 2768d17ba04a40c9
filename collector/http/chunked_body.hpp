// A body in chunks, taken apart as it comes. Strict: a size is hexadecimal digits alone (an extension behind
// ';' is passed over), lines end with CR LF, trailers are passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace desirepath::collector {

class ChunkedBody {
 public:
  explicit ChunkedBody(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Takes from the front of `text` and says how many bytes; the rest is to be shown again with what follows.
  std::size_t take(std::string_view text);

  bool is_whole() const { return state_ == State::whole; }
  // 400 or 413; 0: nothing is wrong so far.
  int refusal() const { return refusal_; }
  const std::string& bytes() const { return bytes_; }

 private:
  enum class State : std::uint8_t { size, data, data_end, trailer, whole };
  std::size_t take_size(std::string_view text);
  std::size_t take_data(std::string_view text);
  std::size_t take_data_end(std::string_view text);
  std::size_t take_trailer(std::string_view text);
  std::size_t refuse(int status);
  // The line at the front with its end; empty where it is not whole, refused where it will never be.
  std::string_view line_of(std::string_view text);

  std::size_t bytes_max_;
  State state_ = State::size;
  int refusal_ = 0;
  std::size_t left_ = 0;  // of the chunk
  std::size_t trailer_bytes_ = 0;
  std::string bytes_;
};

}  // namespace desirepath::collector
