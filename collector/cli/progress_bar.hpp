// How far long work is: one line on a terminal, rewritten in place; nothing in a pipe or a file.
#pragma once

#include <chrono>
#include <cstdio>
#include <string_view>

namespace desirepath::collector::cli {

class ProgressBar {
 public:
  // `err` must outlive it.
  explicit ProgressBar(std::FILE* err);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `part` is 0 to 1; `what` stands behind the bar. Cheap: it draws a few times a second.
  void show(double part, std::string_view what);
  // Leaves the line empty, for other output.
  void clear();

 private:
  std::FILE* err_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace desirepath::collector::cli
