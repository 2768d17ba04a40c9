#include "collector/http/idle_connections.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "collector/http/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr int kEventsAtOnce = 64;
// How often deadlines are looked at.
constexpr std::chrono::milliseconds kDeadlineCheck{250};

}  // namespace

IdleConnections::IdleConnections(IdleLimits limits, std::function<void(Connection)> wake,
                                 std::function<void(ClientConnection&)> expire)
    : limits_(limits), wake_(std::move(wake)), expire_(std::move(expire)) {}

IdleConnections::~IdleConnections() {
  stop();
  if (epoll_ >= 0) ::close(epoll_);
  if (stop_event_ >= 0) ::close(stop_event_);
}

Result<void> IdleConnections::start() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  stop_event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = stop_event_;
  if (epoll_ < 0 || stop_event_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, stop_event_, &event) != 0) {
    return failure(ErrorCode::io, std::string("connections cannot be watched: ") + std::strerror(errno));
  }
  thread_ = std::thread([this] { watch(); });
  return {};
}

IdleConnections::Connection IdleConnections::take(Parked::iterator each) {
  Connection connection = std::move(*each);
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connection->socket(), nullptr);
  by_socket_.erase(connection->socket());
  parked_.erase(each);
  if (connection->is_amid_request()) unfinished_bytes_ -= connection->buffered_bytes();
  return connection;
}

void IdleConnections::make_room() {
  if (parked_.size() >= limits_.connections_max) take(parked_.begin());
  while (unfinished_bytes_ > limits_.unfinished_bytes_max) {
    const auto weight = [](const Connection& each) {
      return each->is_amid_request() && each->buffered_bytes() >= kLargeUnfinishedBytes;
    };
    auto oldest = parked_.end();
    for (auto each = parked_.begin(); each != parked_.end(); ++each) {
      if (weight(*each) && (oldest == parked_.end() || (*each)->began() < (*oldest)->began())) oldest = each;
    }
    if (oldest == parked_.end()) return;
    take(oldest);
  }
}

void IdleConnections::park(Connection connection) {
  const std::lock_guard lock(mutex_);
  if (is_stopped_ || (is_draining_ && !connection->is_amid_request())) return;
  make_room();
  const int socket = connection->socket();
  if (connection->is_amid_request()) unfinished_bytes_ += connection->buffered_bytes();
  parked_.push_back(std::move(connection));
  by_socket_[socket] = std::prev(parked_.end());
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.fd = socket;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) take(std::prev(parked_.end()));
}

void IdleConnections::wake_ready(int socket) {
  Connection connection;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_socket_.find(socket);
    if (found == by_socket_.end()) return;
    connection = take(found->second);
  }
  wake_(std::move(connection));
}

void IdleConnections::expire_late() {
  std::vector<Connection> late;
  {
    const std::lock_guard lock(mutex_);
    const auto now = ClientConnection::Clock::now();
    for (auto each = parked_.begin(); each != parked_.end();) {
      const auto next = std::next(each);
      if ((*each)->deadline() <= now) late.push_back(take(each));
      each = next;
    }
  }
  for (const Connection& connection : late) {
    if (connection->is_amid_request()) expire_(*connection);
  }
}

void IdleConnections::watch() {
  std::array<epoll_event, kEventsAtOnce> events;
  auto checked = ClientConnection::Clock::now();
  for (;;) {
    const int count =
        ::epoll_wait(epoll_, events.data(), kEventsAtOnce, static_cast<int>(kDeadlineCheck.count()));
    for (int i = 0; i < count; ++i) {
      if (events[static_cast<std::size_t>(i)].data.fd == stop_event_) return;
      wake_ready(events[static_cast<std::size_t>(i)].data.fd);
    }
    if (ClientConnection::Clock::now() - checked < kDeadlineCheck) continue;
    expire_late();
    checked = ClientConnection::Clock::now();
  }
}

void IdleConnections::drain() {
  const std::lock_guard lock(mutex_);
  is_draining_ = true;
  for (auto each = parked_.begin(); each != parked_.end();) {
    const auto next = std::next(each);
    if (!(*each)->is_amid_request()) take(each);
    each = next;
  }
}

void IdleConnections::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  (void)!::write(stop_event_, &one, sizeof one);
  thread_.join();
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  while (!parked_.empty()) take(parked_.begin());
}

std::size_t IdleConnections::count() const {
  const std::lock_guard lock(mutex_);
  return parked_.size();
}

}  // namespace desirepath::collector
