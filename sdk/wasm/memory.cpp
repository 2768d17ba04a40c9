#include "sdk/wasm/memory.hpp"

#include <cstring>

extern "C" std::uint8_t __heap_base;

namespace desirepath::wasm {

namespace {

constexpr std::size_t kPageBytes = 65536;

}  // namespace

std::uint8_t* Memory::take(std::size_t bytes) noexcept {
  const std::size_t base = (reinterpret_cast<std::size_t>(&__heap_base) + 7) & ~std::size_t{7};
  const std::size_t begin = base + used_;
  const std::size_t rounded = (bytes + 7) & ~std::size_t{7};
  const std::size_t have = __builtin_wasm_memory_size(0) * kPageBytes;
  exhausted_ = exhausted_ || rounded < bytes || begin + rounded < begin;
  if (!exhausted_ && begin + rounded > have) {
    const std::size_t pages = (begin + rounded - have + kPageBytes - 1) / kPageBytes;
    exhausted_ = __builtin_wasm_memory_grow(0, pages) == static_cast<std::size_t>(-1);
  }
  if (exhausted_) return nullptr;
  used_ += rounded;
  auto* at = reinterpret_cast<std::uint8_t*>(begin);
  std::memset(at, 0, rounded);
  return at;
}

}  // namespace desirepath::wasm
