// Stages by number: 0 is being in none, the others follow as declared, from 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace desirepath::compiler {

inline constexpr std::size_t kNoStage = 0;

// A set of them, of a journey with so many stages. Two that meet in one operation are of one journey.
class StageSet {
 public:
  explicit StageSet(std::size_t stages) : numbers_(stages + 1), words_((numbers_ + 63) / 64) {}

  void insert(std::size_t number) { words_[number / 64] |= bit(number); }
  void erase(std::size_t number) { words_[number / 64] &= ~bit(number); }
  bool has(std::size_t number) const { return (words_[number / 64] & bit(number)) != 0; }
  bool meets(const StageSet& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  StageSet& operator|=(const StageSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  StageSet& operator&=(const StageSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  StageSet operator~() const {
    StageSet rest = *this;
    for (std::uint64_t& word : rest.words_) word = ~word;
    if (numbers_ % 64 != 0) rest.words_.back() &= bit(numbers_) - 1;
    return rest;
  }
  bool operator==(const StageSet& other) const { return words_ == other.words_; }

 private:
  static std::uint64_t bit(std::size_t number) { return std::uint64_t{1} << number % 64; }

  std::size_t numbers_;
  std::vector<std::uint64_t> words_;
};

}  // namespace desirepath::compiler
