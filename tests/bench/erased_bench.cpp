// What overwriting deleted bytes (SQLite's secure_delete, for erasure's sake) costs the profile store:
// sessions grow by appended segments in two files, with and without it, in turns. Prints one JSON line
// {"name","value","unit","baseline","ratio"}.
//
// erased_bench [--strands N] [--rounds N]
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "collector/profile/profile_schema.hpp"
#include "collector/profile/strand_rows.hpp"
#include "collector/store/connection.hpp"
#include "collector/store/migrations.hpp"
#include "collector/store/transaction.hpp"
#include "tests/bench/option.hpp"
#include "tests/collector/support/temp_directory.hpp"

namespace {

using namespace desirepath::collector;
using desirepath::bench::option;
using desirepath::collector::tests::TempDirectory;

constexpr std::size_t kSegmentBytes = 250;  // an event or two, compressed
constexpr int kCacheKib = 32 * 1'024;

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
void need(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().message);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

class StrandFile {
 public:
  StrandFile(const std::filesystem::path& file, bool secure_delete)
      : connection_(std::make_unique<Connection>(need(Connection::open(file, options(secure_delete))))) {
    need(migrate(*connection_, kProfileMigrations));
    rows_ = std::make_unique<StrandRows>(*connection_);
  }

  // One segment to each of the strands, in one transaction; CPU seconds.
  double grow(std::size_t strands, std::mt19937& random) {
    const double begin = cpu_seconds();
    Transaction transaction = need(Transaction::begin(*connection_));
    for (std::size_t strand = 1; strand <= strands; ++strand) {
      EncodedChunk segment;
      segment.count = 1;
      segment.hashes.resize(8);
      segment.events.resize(kSegmentBytes / 2 + random() % kSegmentBytes);
      segment.json.resize(12);
      const auto chunk = static_cast<ChunkId>(strand) * kChunksPerStrandMax;
      need(is_grown_ ? rows_->append(chunk, segment) : rows_->write(chunk, segment));
    }
    need(transaction.commit());
    is_grown_ = true;
    return cpu_seconds() - begin;
  }

 private:
  static ConnectionOptions options(bool secure_delete) {
    ConnectionOptions options;
    options.secure_delete = secure_delete;
    options.cache_kib = kCacheKib;
    return options;
  }
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<StrandRows> rows_;
  bool is_grown_ = false;
};

}  // namespace

int main(int argc, char** argv) try {
  const auto strands = static_cast<std::size_t>(std::stoul(option(argc, argv, "--strands", "20000")));
  const int rounds = std::stoi(option(argc, argv, "--rounds", "8"));
  const TempDirectory directory;
  StrandFile overwritten(directory.path() / "overwritten.db", true);
  StrandFile plain(directory.path() / "plain.db", false);
  std::mt19937 lengths[2];  // the same for both
  double seconds[2] = {};
  for (int round = 0; round < rounds; ++round) {
    seconds[0] += overwritten.grow(strands, lengths[0]);
    seconds[1] += plain.grow(strands, lengths[1]);
  }
  const double appended = static_cast<double>(strands) * rounds;
  const double ours = seconds[0] / appended * 1e6;
  const double bare = seconds[1] / appended * 1e6;
  std::printf(R"({"name":"appending to a session with secure_delete, CPU, beside without","value":%.2f,)"
              R"("unit":"us","baseline":%.2f,"ratio":%.3f})"
              "\n",
              ours, bare, ours / bare);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "erased_bench: %s\n", error.what());
  return 1;
}
