#include "collector/ingest/message_id.hpp"

#include <sys/random.h>

#include <array>
#include <random>

namespace desirepath::collector {
namespace {

constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kTimeDigits = 9;
constexpr std::size_t kRandomDigits = 16;

}  // namespace

std::string mint_message_id(std::int64_t now_ms) {
  std::array<std::uint8_t, kRandomDigits> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    std::random_device device;
    for (auto& byte : random) byte = static_cast<std::uint8_t>(device());
  }
  std::string id(kTimeDigits + random.size(), '0');
  for (std::size_t i = kTimeDigits; i-- > 0; now_ms /= 36) id[i] = kDigits[now_ms % 36];
  // 32 of the 36 digits: a byte falls on each equally often.
  for (std::size_t i = 0; i < random.size(); ++i) id[kTimeDigits + i] = kDigits[random[i] % 32];
  return id;
}

}  // namespace desirepath::collector
