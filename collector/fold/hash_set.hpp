// A set of 64-bit hashes: open addressing, a power of two, at most half full. For "is this messageId
// certainly new".
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace desirepath::collector {

class HashSet {
 public:
  bool contains(std::uint64_t hash) const {
    if (slots_.empty()) return false;
    return slots_[place(hash)] != 0;
  }
  void insert(std::uint64_t hash) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    std::uint64_t& slot = slots_[place(hash)];
    size_ += slot == 0;
    slot = nonzero(hash);
  }
  std::size_t size() const { return size_; }

 private:
  static std::uint64_t nonzero(std::uint64_t hash) { return hash == 0 ? 1 : hash; }
  std::size_t place(std::uint64_t hash) const {
    const std::uint64_t key = nonzero(hash);
    std::size_t at = key & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    std::vector<std::uint64_t> before(slots_.empty() ? 16 : slots_.size() * 2);
    before.swap(slots_);
    size_ = 0;
    for (const std::uint64_t hash : before) {
      if (hash != 0) insert(hash);
    }
  }

  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
};

}  // namespace desirepath::collector
