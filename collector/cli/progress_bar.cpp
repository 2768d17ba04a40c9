#include "collector/cli/progress_bar.hpp"

#include <unistd.h>

#include <algorithm>
#include <string>

namespace desirepath::collector::cli {
namespace {

constexpr std::chrono::milliseconds kDrawEvery{200};
constexpr int kBarCells = 24;

}  // namespace

ProgressBar::ProgressBar(std::FILE* err) : err_(err), shown_(::isatty(::fileno(err)) == 1) {}

void ProgressBar::show(double part, std::string_view what) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now - last_ < kDrawEvery) return;
  last_ = now;
  drawn_ = true;
  const double shown = std::clamp(part, 0.0, 1.0);
  std::string bar(kBarCells, '.');
  std::fill_n(bar.begin(), static_cast<int>(shown * kBarCells), '#');
  std::fprintf(err_, "\r[%s] %3.0f %%  %.*s", bar.c_str(), shown * 100, static_cast<int>(what.size()),
               what.data());
  std::fflush(err_);
}

void ProgressBar::clear() {
  if (drawn_) std::fputs("\r\033[K", err_);
  drawn_ = false;
}

}  // namespace desirepath::collector::cli
