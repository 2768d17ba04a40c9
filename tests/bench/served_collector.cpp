#include "tests/bench/served_collector.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "tests/bench/load_client.hpp"

namespace desirepath::bench {
namespace {

constexpr std::chrono::milliseconds kAskAgain{20};
constexpr const char* kUserAgent =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
    "Safari/537.36";

int port_of(const std::string& url) {
  return std::atoi(url.c_str() + url.rfind(':') + 1);
}

// The answer to one request on a connection that ends with it.
std::string answer_to(int port, const std::string& request) {
  const int socket = connect_to(port);
  std::string answer;
  std::array<char, 16'384> buffer;
  if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    for (ssize_t got = 0; (got = ::recv(socket, buffer.data(), buffer.size(), 0)) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  ::close(socket);
  return answer;
}

}  // namespace

ServedCollector::ServedCollector(const std::string& binary, const std::filesystem::path& data,
                                 const std::string& journey) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execl(binary.c_str(), binary.c_str(), "serve", "--data", data.c_str(), "--port", "0", "--ops-port", "0",
            "--journey", journey.c_str(), "--rate-limit-key", "0", "--rate-limit-address", "0", nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string line;
  for (char byte = 0; ::read(ends[0], &byte, 1) == 1 && byte != '\n';) line += byte;
  ::close(ends[0]);
  const auto ready = nlohmann::json::parse(line, nullptr, false);
  if (!ready.is_object()) throw std::runtime_error(binary + " does not get ready");
  port_ = port_of(ready.value("url", ""));
  ops_port_ = port_of(ready.value("ops_url", ""));
  write_key_ = ready.value("write_key", "");
  secret_key_ = ready.value("secret_key", "");
}

ServedCollector::~ServedCollector() {
  ::kill(child_, SIGTERM);
  ::waitpid(child_, nullptr, 0);
}

std::string ServedCollector::request(std::string_view method, std::string_view path, std::string_view key,
                                     std::string_view body) const {
  std::string text(method);
  text.append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: ");
  text.append(kUserAgent).append("\r\n");
  if (!key.empty()) text.append("Authorization: Bearer ").append(key).append("\r\n");
  if (method == "POST") {
    text.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
    text.append("\r\n");
  }
  return text.append("\r\n").append(body);
}

void ServedCollector::wait_until_folded() const {
  const std::string ask = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  while (answer_to(ops_port_, ask).find("\ndesirepath_fold_behind_batches 0\n") == std::string::npos) {
    std::this_thread::sleep_for(kAskAgain);
  }
}

double ServedCollector::memory_mb(Memory which) const {
  std::ifstream status("/proc/" + std::to_string(child_) + "/status");
  const std::string_view name = which == Memory::now ? "VmRSS:" : "VmHWM:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::atof(line.c_str() + name.size()) / 1024;
  }
  throw std::runtime_error("the collector is gone");
}

}  // namespace desirepath::bench
