#include "collector/ops/control_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace desirepath::collector {
namespace {

constexpr std::size_t kWordsMax = 64;
constexpr std::size_t kCallBytesMax = 64 * 1024;  // Linux hands over at most 128 KiB of arguments in one word
constexpr std::size_t kClientsMax = 8;            // a person and a few scripts
constexpr int kStreams = 2;

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int descriptor = -1) : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

tl::unexpected<Error> io_failure(const std::filesystem::path& socket, const std::string& what) {
  return failure(ErrorCode::io, socket.string() + ": " + what + ": " + std::strerror(errno));
}

// A socket's path has little room in its address; a long one is reached through its open folder.
class SocketAddress {
 public:
  explicit SocketAddress(const std::filesystem::path& socket)
      : folder_(::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    address_.sun_family = AF_UNIX;
    std::string path = socket.string();
    if (path.size() >= sizeof address_.sun_path) {
      path = "/proc/self/fd/" + std::to_string(folder_.get()) + "/" + socket.filename().string();
    }
    std::strncpy(address_.sun_path, path.c_str(), sizeof address_.sun_path - 1);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  static constexpr socklen_t size() { return sizeof(sockaddr_un); }

 private:
  Descriptor folder_;
  sockaddr_un address_{};
};

// The call as one message: folder and words, each ended by a zero byte.
std::string encode(const ControlCall& call) {
  std::string text = call.folder.string() + '\0';
  for (const std::string& word : call.words) text.append(word).push_back('\0');
  return text;
}

std::optional<ControlCall> decode(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\0', at);
    if (end == std::string::npos || parts.size() > kWordsMax) return std::nullopt;
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() < 2) return std::nullopt;
  return ControlCall{{parts.begin() + 1, parts.end()}, parts.front()};
}

struct ReceivedCall {
  ControlCall call;
  File out;
  File err;
};

// One message with two descriptors; none for anything else.
std::optional<ReceivedCall> receive_call(int client) {
  std::string text(kCallBytesMax, '\0');
  iovec body{text.data(), text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kStreams * sizeof(int))]{};
  msghdr message{};
  message.msg_iov = &body;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t received = ::recvmsg(client, &message, MSG_CMSG_CLOEXEC);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (received <= 0 || header == nullptr || header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(kStreams * sizeof(int))) {
    return std::nullopt;
  }
  int descriptors[kStreams];
  std::memcpy(descriptors, CMSG_DATA(header), sizeof descriptors);
  File out(::fdopen(descriptors[0], "w"));
  File err(::fdopen(descriptors[1], "w"));
  text.resize(static_cast<std::size_t>(received));
  auto call = decode(text);
  if (!call || out == nullptr || err == nullptr || (message.msg_flags & MSG_TRUNC) != 0) return std::nullopt;
  return ReceivedCall{std::move(*call), std::move(out), std::move(err)};
}

}  // namespace

class ControlServer::Listener {
 public:
  Listener(std::filesystem::path path, Descriptor socket, Descriptor wake, ControlHandler handler)
      : path_(std::move(path)),
        socket_(std::move(socket)),
        wake_(std::move(wake)),
        handler_(std::move(handler)) {
    thread_ = std::thread([this] { accept_calls(); });
  }

  ~Listener() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
    thread_.join();
    ::unlink(path_.c_str());
    for (Client& client : clients_) client.thread.join();
  }

 private:
  struct Client {
    std::thread thread;
    bool ended = false;
  };

  void accept_calls() {
    pollfd events[] = {{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    while (true) {
      if (::poll(events, 2, -1) < 0 && errno != EINTR) return;
      if (events[1].revents != 0) return;
      Descriptor client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (client.get() >= 0) answer(std::move(client));
    }
  }

  void answer(Descriptor client) {
    const std::scoped_lock lock(mutex_);
    clients_.remove_if([](Client& each) {
      if (each.ended) each.thread.join();
      return each.ended;
    });
    if (clients_.size() >= kClientsMax) return;
    Client& added = clients_.emplace_back();
    added.thread = std::thread([this, &added, connection = std::move(client)]() mutable {
      perform(std::move(connection));
      const std::scoped_lock ending(mutex_);
      added.ended = true;
    });
  }

  void perform(Descriptor client) const {
    auto received = receive_call(client.get());
    if (!received) return;
    std::int32_t code = handler_(received->call, {received->out.get(), received->err.get()});
    if (std::fflush(received->out.get()) != 0) code = 1;
    std::fflush(received->err.get());
    (void)!::send(client.get(), &code, sizeof code, MSG_NOSIGNAL);
  }

  std::filesystem::path path_;
  Descriptor socket_;
  Descriptor wake_;
  ControlHandler handler_;
  std::mutex mutex_;
  std::list<Client> clients_;
  std::thread thread_;
};

ControlServer::ControlServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
ControlServer::~ControlServer() = default;

Result<std::unique_ptr<ControlServer>> ControlServer::start(const std::filesystem::path& socket,
                                                            ControlHandler handler) {
  Descriptor listening(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  Descriptor wake(::eventfd(0, EFD_CLOEXEC));
  ::unlink(socket.c_str());
  const SocketAddress address(socket);
  if (listening.get() < 0 || wake.get() < 0 ||
      ::bind(listening.get(), address.get(), SocketAddress::size()) != 0 ||
      ::chmod(socket.c_str(), 0600) != 0 || ::listen(listening.get(), kClientsMax) != 0) {
    return io_failure(socket, "cannot be made");
  }
  return std::unique_ptr<ControlServer>(new ControlServer(
      std::make_unique<Listener>(socket, std::move(listening), std::move(wake), std::move(handler))));
}

Result<std::optional<int>> call_control(const std::filesystem::path& socket, const ControlCall& call) {
  const Descriptor connection(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  const SocketAddress address(socket);
  if (connection.get() < 0 || ::connect(connection.get(), address.get(), SocketAddress::size()) != 0) {
    return std::optional<int>();
  }
  std::string text = encode(call);
  if (text.size() > kCallBytesMax || call.words.size() > kWordsMax) {
    return failure(ErrorCode::too_large, "the command line is too long for " + socket.string());
  }
  std::fflush(stdout);
  const int streams[kStreams] = {STDOUT_FILENO, STDERR_FILENO};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof streams)]{};
  iovec body{text.data(), text.size()};
  msghdr message{};
  message.msg_iov = &body;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof streams);
  std::memcpy(CMSG_DATA(header), streams, sizeof streams);
  std::int32_t code = 0;
  if (::sendmsg(connection.get(), &message, MSG_NOSIGNAL) < 0 ||
      ::recv(connection.get(), &code, sizeof code, 0) != sizeof code) {
    return failure(ErrorCode::io, socket.string() + ": the serving process did not answer");
  }
  return std::optional<int>(code);
}

}  // namespace desirepath::collector
