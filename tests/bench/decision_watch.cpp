#include "tests/bench/decision_watch.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "collector/ingest/timestamp.hpp"
#include "tests/bench/load_client.hpp"

namespace desirepath::bench {

DecisionWatch::DecisionWatch(const ServedCollector& collector, std::string trigger)
    : trigger_("\"trigger\":\"" + std::move(trigger) + '"'), socket_(connect_to(collector.port())) {
  const std::string ask = collector.request("GET", "/v1/stream", collector.secret_key(), "");
  std::array<char, 4'096> head;
  if (::send(socket_, ask.data(), ask.size(), MSG_NOSIGNAL) <= 0 ||
      ::recv(socket_, head.data(), head.size(), 0) <= 0 ||
      !std::string_view(head.data(), 12).starts_with("HTTP/1.1 200")) {
    throw std::runtime_error("the stream cannot be heard");
  }
  thread_ = std::thread([this] { listen(); });
}

DecisionWatch::~DecisionWatch() {
  ::shutdown(socket_, SHUT_RDWR);
  thread_.join();
  ::close(socket_);
}

std::vector<double> DecisionWatch::wait_for(std::size_t count, std::chrono::seconds timeout) {
  std::unique_lock lock(mutex_);
  if (!heard_.wait_for(lock, timeout, [&] { return late_ms_.size() >= count; })) {
    throw std::runtime_error("of " + std::to_string(count) + " decisions " + std::to_string(late_ms_.size()) +
                             " were heard");
  }
  return late_ms_;
}

void DecisionWatch::listen() {
  std::string text;
  std::array<char, 65'536> buffer;
  for (ssize_t got = 0; (got = ::recv(socket_, buffer.data(), buffer.size(), 0)) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      take(std::string_view(text).substr(begin, end - begin));
    }
    text.erase(0, begin);
  }
}

void DecisionWatch::take(std::string_view line) {
  constexpr std::string_view kTime = "\"timestamp\":\"";
  const std::size_t at = line.find(kTime);
  if (at == std::string_view::npos || line.find(trigger_) == std::string_view::npos) return;
  const auto time_ms = collector::parse_timestamp(line.substr(at + kTime.size(), 24));
  if (!time_ms) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::chrono::duration<double, std::milli> now_ms = now;
  const std::lock_guard lock(mutex_);
  late_ms_.push_back(now_ms.count() - static_cast<double>(*time_ms));
  heard_.notify_all();
}

}  // namespace desirepath::bench
