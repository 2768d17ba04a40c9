// Random choices that are the same for a seed on every host and in every standard library. Method:
// SplitMix64 (Steele, Lea and Flood, 2014). Compilers evaluate operands and arguments in orders of their own:
// where an expression asks for two numbers, the first is named on a line before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace desirepath::tests {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }
  // A number from 0 to below `bound`.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  // A number from `from` to `to`, both included.
  int between(int from, int to) {
    return from + static_cast<int>(below(static_cast<std::size_t>(to - from + 1)));
  }
  // A time from `from_ms` to below `to_ms`, or `from_ms` where they are one.
  std::int64_t time_between(std::int64_t from_ms, std::int64_t to_ms) {
    if (from_ms == to_ms) return from_ms;
    return from_ms + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(to_ms - from_ms));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }

  template <typename T>
  const T& pick(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }
  template <typename T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace desirepath::tests
