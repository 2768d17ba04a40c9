// The real binary as a process of its own, on free ports of 127.0.0.1; ended with its owner.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace desirepath::bench {

enum class Memory : std::uint8_t { now, most };

class ServedCollector {
 public:
  // Waits until it is ready; throws where it is not. `data` is made.
  ServedCollector(const std::string& binary, const std::filesystem::path& data, const std::string& journey);
  ~ServedCollector();
  ServedCollector(const ServedCollector&) = delete;
  ServedCollector& operator=(const ServedCollector&) = delete;

  int port() const { return port_; }
  int ops_port() const { return ops_port_; }
  const std::string& write_key() const { return write_key_; }
  const std::string& secret_key() const { return secret_key_; }

  // A whole HTTP request; an empty key is none.
  std::string request(std::string_view method, std::string_view path, std::string_view key,
                      std::string_view body) const;
  // Until no batch waits to be folded.
  void wait_until_folded() const;
  // Resident memory in MB, now or at its highest.
  double memory_mb(Memory which) const;

 private:
  pid_t child_ = -1;
  int port_ = 0;
  int ops_port_ = 0;
  std::string write_key_;
  std::string secret_key_;
};

}  // namespace desirepath::bench
