// Linear memory above the module's own data, handed out upwards and taken back all at once. A module instance
// holds one program and its buffers, so nothing is ever freed piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>

namespace desirepath::wasm {

class Memory {
 public:
  // Zeroed room of `bytes`, 8-aligned; null when the memory cannot grow to it, and from then on until
  // `clear`. May move the memory's end.
  std::uint8_t* take(std::size_t bytes) noexcept;
  // Forgets everything taken; memory that has grown stays.
  void clear() noexcept {
    used_ = 0;
    exhausted_ = false;
  }

 private:
  std::size_t used_ = 0;
  bool exhausted_ = false;
};

}  // namespace desirepath::wasm
