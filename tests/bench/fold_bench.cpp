// The fold on a backlog: dedupe, identity, engine, profile, in a process of its own while nothing else runs,
// by the load model; the uniform worst case beside it. Prints JSON lines
// {"name","value","unit","baseline","ratio"}.
//
// fold_bench [--events N] [--profiles N] [--tranche N] [--journey FILE] [--only session|uniform] [--data DIR]
//
// What is folded is gone afterwards, but for a DIR, which must be empty: there it stays.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "collector/fold/fold.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/journal/journal.hpp"
#include "collector/profile/profile_store.hpp"
#include "tests/bench/load_model.hpp"
#include "tests/bench/option.hpp"
#include "tests/collector/support/temp_directory.hpp"

namespace {

using namespace desirepath::collector;
using desirepath::bench::LoadModel;
using desirepath::bench::LoadOptions;
using desirepath::bench::option;
using desirepath::collector::tests::TempDirectory;

constexpr std::size_t kBatchEvents = 20;
constexpr int kWriters = 16;
constexpr std::int64_t kBeginMs = 1'790'000'000'000;
constexpr const char* kTellFolded = "--tell-folded";

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

// What a folding process tells its parent.
struct Folded {
  FoldCounters counters;
  double seconds = 0;
  double cpu_seconds = 0;
  double writer_seconds = 0;  // of them, those of the thread that writes
  double resident_mb = 0;     // at its highest
};

double cpu_seconds_of(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Folded fold_all(const std::filesystem::path& directory, const std::string& journey, std::int64_t now_ms) {
  const auto store = need(ProfileStore::open(directory / "profiles.db"));
  const auto journal = need(Journal::open(directory / "journal"));
  Journeys journeys;
  const std::vector<std::filesystem::path> files = {journey};
  const auto mistakes = journeys.load(files);
  if (!mistakes.empty()) throw std::runtime_error(mistakes.front());
  FoldOptions options;
  options.now_ms = [now_ms] { return now_ms; };
  Fold fold(*journal, *store, journeys, std::move(options));
  const auto begin = std::chrono::steady_clock::now();
  Folded folded;
  folded.counters = need(fold.run_until_caught_up());
  folded.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  folded.cpu_seconds = cpu_seconds_of(usage);
  folded.resident_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  ::getrusage(RUSAGE_THREAD, &usage);
  folded.writer_seconds = cpu_seconds_of(usage);
  return folded;
}

// In a process of its own, this program begun anew, so that memory is the fold's: what `fold_apart` starts.
int tell_folded(char** argv) {
  const Folded folded = fold_all(argv[2], argv[3], std::stoll(argv[4]));
  return ::write(STDOUT_FILENO, &folded, sizeof folded) == sizeof folded ? 0 : 1;
}

Folded fold_apart(const std::filesystem::path& directory, const std::string& journey, std::int64_t now_ms) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  const std::string now = std::to_string(now_ms);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::execl("/proc/self/exe", "fold_bench", kTellFolded, directory.c_str(), journey.c_str(), now.c_str(),
            nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  Folded folded;
  const bool told = ::read(ends[0], &folded, sizeof folded) == sizeof folded;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  if (!told) throw std::runtime_error("the folding process failed");
  return folded;
}

void append_load(const std::filesystem::path& directory, LoadModel& load, std::size_t events,
                 Cursor begin_after) {
  JournalOptions options;
  options.begin_after = begin_after;
  const auto journal = need(Journal::open(directory / "journal", options));
  std::mutex mutex;
  std::size_t left = events;
  const auto take = [&]() -> std::optional<AcceptedBatch> {
    const std::lock_guard lock(mutex);
    if (left == 0) return std::nullopt;
    AcceptedBatch batch{load.now_ms() + 200, "web", Trust::claimed, {}};
    for (std::size_t i = 0; i < kBatchEvents && left > 0; ++i, --left) batch.events.push_back(load.next());
    return batch;
  };
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      while (auto batch = take()) {
        if (!journal->append(*batch)) std::abort();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
}

void print(const std::string& name, double value, const char* unit, double baseline) {
  std::printf(R"({"name":"%s","value":%.1f,"unit":"%s",)", name.c_str(), value, unit);
  if (baseline > 0) {
    std::printf(R"("baseline":%.1f,"ratio":%.3f})", baseline, value / baseline);
  } else {
    std::printf(R"("baseline":null,"ratio":null})");
  }
  std::printf("\n");
  std::fflush(stdout);
}

struct BenchOptions {
  std::size_t events;
  std::size_t tranche;
  std::string journey;
  std::filesystem::path directory;
  bool verbose;
};

// Folds the load tranche by tranche; the first and the last tell whether an event's cost stays flat.
void bench_fold(const std::string& label, const BenchOptions& options, LoadOptions load_options) {
  load_options.begin_ms = kBeginMs;
  LoadModel load(load_options);
  std::vector<double> rates;
  std::vector<double> costs;  // CPU of an event, us
  double seconds = 0;
  double cpu_seconds = 0;
  double writer_seconds = 0;
  double resident_mb = 0;
  std::size_t done = 0;
  while (done < options.events) {
    const std::size_t count = std::min(options.tranche, options.events - done);
    append_load(options.directory, load, count, {});
    const Folded folded = fold_apart(options.directory, options.journey, load.now_ms());
    done += count;
    seconds += folded.seconds;
    cpu_seconds += folded.cpu_seconds;
    writer_seconds += folded.writer_seconds;
    resident_mb = std::max(resident_mb, folded.resident_mb);
    rates.push_back(static_cast<double>(count) / folded.seconds);
    costs.push_back(folded.cpu_seconds / static_cast<double>(count) * 1e6);
    if (options.verbose) {
      const FoldCounters& counters = folded.counters;
      std::fprintf(stderr,
                   "%zu events: %.0f/s, %.1f us CPU each, %.1f of the writer, %llu kept, %llu refolds, %llu "
                   "decisions, %llu transactions, %.0f MB\n",
                   done, rates.back(), costs.back(), folded.writer_seconds / static_cast<double>(count) * 1e6,
                   static_cast<unsigned long long>(counters.events),
                   static_cast<unsigned long long>(counters.profiles_refolded),
                   static_cast<unsigned long long>(counters.decisions),
                   static_cast<unsigned long long>(counters.transactions), folded.resident_mb);
    }
  }
  const auto events = static_cast<double>(done);
  print("fold on a backlog, " + label, events / seconds, "events/s", 0);
  print("fold on a backlog, " + label + ", CPU of an event", cpu_seconds / events * 1e6, "us", 0);
  print("fold on a backlog, " + label + ", CPU of an event, the writing thread",
        writer_seconds / events * 1e6, "us", 0);
  print("fold on a backlog, " + label + ", last part beside the first", rates.back(), "events/s",
        rates.front());
  print("fold on a backlog, " + label + ", CPU of an event, last part beside the first", costs.back(), "us",
        costs.front());
  print("fold on a backlog, " + label + ", memory at most", resident_mb, "MB", 0);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 5 && std::string(argv[1]) == kTellFolded) return tell_folded(argv);
  const auto number = [&](const char* name, const char* fallback) {
    return static_cast<std::size_t>(std::stoul(option(argc, argv, name, fallback)));
  };
  BenchOptions options;
  options.events = number("--events", "400000");
  options.tranche =
      std::min(options.events,
               number("--tranche", std::to_string(std::max<std::size_t>(options.events / 4, 1)).c_str()));
  options.journey = option(argc, argv, "--journey", "web_demo/outfitters.journey.json");
  options.verbose = ::isatty(2) != 0 || option(argc, argv, "--verbose", "no") == "yes";
  LoadOptions load;
  load.profiles = number("--profiles", "100000");
  const std::string only = option(argc, argv, "--only", "");
  const std::filesystem::path kept = option(argc, argv, "--data", "");
  for (const bool uniform : {false, true}) {
    if ((only == "session" && uniform) || (only == "uniform" && !uniform)) continue;
    const TempDirectory directory;
    options.directory = kept.empty() ? directory.path() : kept / (uniform ? "uniform" : "session");
    std::filesystem::create_directories(options.directory);
    load.uniform = uniform;
    bench_fold(uniform ? "uniform worst case" : "in sessions", options, load);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "fold_bench: %s\n", error.what());
  return 1;
}
