// Late events of one large profile: how many events each has folded again, and its CPU, with checkpoints and
// from the start, in turns. Prints JSON lines {"name","value","unit","baseline","ratio"}.
//
// late_bench [--events N] [--late N] [--journey FILE]
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "collector/fold/fold.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/journal/journal.hpp"
#include "collector/profile/profile_store.hpp"
#include "tests/bench/option.hpp"
#include "tests/collector/support/temp_directory.hpp"

namespace {

using namespace desirepath::collector;
using desirepath::bench::option;
using desirepath::collector::tests::TempDirectory;

constexpr std::int64_t kBeginMs = 1'790'000'000'000;
constexpr std::int64_t kBetweenMs = 20'000;
constexpr std::int64_t kLateMs = 3'600'000;
constexpr std::size_t kBatchEvents = 500;

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

double cpu_ms() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& time) {
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

AcceptedEvent view(std::int64_t time_ms, const std::string& id) {
  return {time_ms, id,
          R"({"type":"track","event":"Product Viewed","anonymousId":"till","messageId":")" + id +
              R"(","timestamp":")" + format_timestamp(time_ms) +
              R"(","properties":{"category":"shoes","sku":")" + id + R"("}})"};
}

class LargeProfile {
 public:
  LargeProfile(const std::string& journey, std::uint64_t checkpoint_events) {
    journal_ = need(Journal::open(directory_.path() / "journal"));
    store_ = need(ProfileStore::open(directory_.path() / "profiles.db"));
    const std::vector<std::filesystem::path> files = {journey};
    const auto mistakes = journeys_.load(files);
    if (!mistakes.empty()) throw std::runtime_error(mistakes.front());
    FoldOptions options;
    options.now_ms = [this] { return now_ms_; };
    options.refolds.checkpoint_events = checkpoint_events;
    options.refolds.stream_events_max = UINT32_MAX;
    fold_ = std::make_unique<Fold>(*journal_, *store_, journeys_, std::move(options));
  }

  void grow(std::size_t events) {
    AcceptedBatch batch{now_ms_, "web", Trust::claimed, {}};
    for (std::size_t i = 0; i < events; ++i) {
      now_ms_ += kBetweenMs;
      batch.events.push_back(view(now_ms_, "m" + std::to_string(10'000'000 + i)));
      if (batch.events.size() < kBatchEvents && i + 1 < events) continue;
      batch.received_at_ms = now_ms_;
      take(batch);
      batch.events.clear();
    }
  }
  void take_late(std::size_t number) {
    take({now_ms_, "web", Trust::claimed, {view(now_ms_ - kLateMs, "late" + std::to_string(number))}});
  }
  std::uint64_t replayed() const { return fold_->counters().events_replayed; }

 private:
  void take(const AcceptedBatch& batch) {
    need(journal_->append(batch));
    need(fold_->run_until_caught_up());
  }

  TempDirectory directory_;
  std::int64_t now_ms_ = kBeginMs;
  std::unique_ptr<Journal> journal_;
  Journeys journeys_;
  std::unique_ptr<ProfileStore> store_;
  std::unique_ptr<Fold> fold_;
};

void print(const std::string& name, double value, const char* unit, double baseline) {
  std::printf(R"({"name":"%s","value":%.2f,"unit":"%s","baseline":%.2f,"ratio":%.4f})"
              "\n",
              name.c_str(), value, unit, baseline, value / baseline);
}

}  // namespace

int main(int argc, char** argv) try {
  const auto events = static_cast<std::size_t>(std::stoul(option(argc, argv, "--events", "50000")));
  const auto late = static_cast<std::size_t>(std::stoul(option(argc, argv, "--late", "10")));
  const std::string journey = option(argc, argv, "--journey", "web_demo/outfitters.journey.json");
  LargeProfile with(journey, kCheckpointEvents);
  LargeProfile without(journey, 1'000'000'000);
  with.grow(events);
  without.grow(events);
  const std::uint64_t before[] = {with.replayed(), without.replayed()};
  double spent_ms[2] = {};
  for (std::size_t i = 0; i < late; ++i) {
    const double begun_ms = cpu_ms();
    with.take_late(i);
    const double between_ms = cpu_ms();
    without.take_late(i);
    spent_ms[0] += between_ms - begun_ms;
    spent_ms[1] += cpu_ms() - between_ms;
  }
  const auto count = static_cast<double>(late);
  const std::string label = "an event an hour late at " + std::to_string(events) + " events";
  print(label + ", events replayed", static_cast<double>(with.replayed() - before[0]) / count, "events",
        static_cast<double>(without.replayed() - before[1]) / count);
  print(label + ", CPU", spent_ms[0] / count, "ms", spent_ms[1] / count);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "late_bench: %s\n", error.what());
  return 1;
}
