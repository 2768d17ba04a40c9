// DIR/control.sock: commands on a directory that another process serves are performed by that process.
//
// A client connects, hands over its own standard output and error (SCM_RIGHTS), and says its words; the
// server performs the command, writing straight to those, and answers with the exit code. The socket is the
// owner's alone (mode 0600).
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

// One command as its client typed it; relative paths are relative to `folder`.
struct ControlCall {
  std::vector<std::string> words;  // the command's name, then its arguments
  std::filesystem::path folder;
};

// Where a command prints; the caller keeps both open.
struct ControlStreams {
  std::FILE* out;
  std::FILE* err;
};

// Performs a command and returns its exit code. Called on a thread of its own for each client.
using ControlHandler = std::function<int(const ControlCall&, const ControlStreams&)>;

// Listens while it lives. ErrorCode::io where the socket cannot be made.
class ControlServer {
 public:
  static Result<std::unique_ptr<ControlServer>> start(const std::filesystem::path& socket,
                                                      ControlHandler handler);
  ~ControlServer();  // takes no more calls and waits for those under way
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  class Listener;
  explicit ControlServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

// Has the process behind `socket` perform the command with this process's standard output and error. None
// where nobody listens; ErrorCode::io where it stopped listening before it answered.
Result<std::optional<int>> call_control(const std::filesystem::path& socket, const ControlCall& call);

}  // namespace desirepath::collector
