// The real `desirepath` binary, run as a person would.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace desirepath::collector::testing {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline std::string file_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// Starts the binary with standard output on `out` and standard error on `err`; the process id.
inline pid_t start_binary(const std::vector<std::string>& words, int out, int err) {
  std::vector<std::string> all = words;
  all.insert(all.begin(), DESIREPATH_BINARY);
  std::vector<char*> arguments;
  for (std::string& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  return child;
}

inline int wait_for_exit(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Runs the binary to its end; `folder` takes its output for a moment.
inline Ran run_binary(const std::filesystem::path& folder, const std::vector<std::string>& words) {
  const auto out = folder / "out.txt";
  const auto err = folder / "err.txt";
  const int out_file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int err_file = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  REQUIRE(out_file >= 0);
  REQUIRE(err_file >= 0);
  const pid_t child = start_binary(words, out_file, err_file);
  ::close(out_file);
  ::close(err_file);
  REQUIRE(child > 0);
  Ran ran;
  ran.exit_code = wait_for_exit(child);
  ran.out = file_text(out);
  ran.err = file_text(err);
  return ran;
}

// `desirepath serve` on free ports of loopback, until it goes.
class ServedDirectory {
 public:
  ServedDirectory(const std::filesystem::path& data, const std::vector<std::string>& more = {}) {
    int pipe_ends[2];
    REQUIRE(::pipe2(pipe_ends, O_CLOEXEC) == 0);
    std::vector<std::string> words = {"serve", "--data", data.string(), "--port", "0", "--ops-port", "0"};
    words.insert(words.end(), more.begin(), more.end());
    child_ = start_binary(words, pipe_ends[1], STDERR_FILENO);
    ::close(pipe_ends[1]);
    char c = 0;
    while (::read(pipe_ends[0], &c, 1) == 1 && c != '\n') ready_ += c;
    ::close(pipe_ends[0]);
    REQUIRE(child_ > 0);
    REQUIRE(ready_.find("\"ready\":true") != std::string::npos);
  }
  ~ServedDirectory() { stop(); }
  ServedDirectory(const ServedDirectory&) = delete;
  ServedDirectory& operator=(const ServedDirectory&) = delete;

  // A text of the ready line.
  std::string ready(const std::string& key) const {
    const std::string head = "\"" + key + "\":\"";
    const std::size_t at = ready_.find(head);
    REQUIRE(at != std::string::npos);
    return ready_.substr(at + head.size(), ready_.find('"', at + head.size()) - at - head.size());
  }
  int stop() {
    if (child_ <= 0) return 0;
    ::kill(child_, SIGTERM);
    const int code = wait_for_exit(child_);
    child_ = 0;
    return code;
  }

 private:
  pid_t child_ = 0;
  std::string ready_;
};

}  // namespace desirepath::collector::testing
