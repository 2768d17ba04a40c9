// The real binary under load, over HTTP on the loopback, the client on the same cores: ingest and fold
// together, what memory that takes, then reads and decisions on what came of it, wake-ups in time, and
// answers under connections that say nothing. Prints JSON lines {"name","value","unit","baseline","ratio"}.
//
// served_bench --binary PATH [--events N] [--profiles N] [--reads N] [--waits N] [--journey FILE]
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "collector/ingest/timestamp.hpp"
#include "tests/bench/decision_watch.hpp"
#include "tests/bench/load_client.hpp"
#include "tests/bench/load_model.hpp"
#include "tests/bench/option.hpp"
#include "tests/bench/served_collector.hpp"
#include "tests/collector/support/temp_directory.hpp"

namespace {

using namespace desirepath::bench;
using desirepath::collector::tests::TempDirectory;

constexpr std::size_t kBatchEvents = 20;
constexpr std::size_t kEventsAtOnce = 20'000;
constexpr std::size_t kConnections = 64;
constexpr std::size_t kReaders = 4;
constexpr std::size_t kSilent = 2'000;                // of each kind of connection that says nothing
constexpr double kModelledEventsPerSecond = 200'000;  // faster than they are taken: no time is in the future
constexpr std::int64_t kWaitMs = 60'000;              // the journey's `cart_rescue`
constexpr std::int64_t kWaitsBeginMs = 5'000;         // from now until the first wait runs out
constexpr std::int64_t kWaitsSpreadMs = 5'000;
constexpr std::chrono::seconds kWaitsHeard{30};

struct BenchOptions {
  std::string binary;
  std::string journey;
  std::size_t events;
  std::size_t profiles;
  std::size_t reads;
  std::size_t waits;
};

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

double percentile(std::vector<double> values, std::size_t percent) {
  if (values.empty()) throw std::runtime_error("nothing was measured");
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, values.size() * percent / 100)];
}

void print(const std::string& name, double value, const char* unit) {
  std::printf(R"({"name":"%s","value":%.2f,"unit":"%s","baseline":null,"ratio":null})"
              "\n",
              name.c_str(), value, unit);
  std::fflush(stdout);
}

std::string anonymous_id(std::size_t profile) {
  char text[64];
  std::snprintf(text, sizeof text, "8a4bb0c2-5f0e-4a6e-9d53-%012zx", profile);
  return text;
}

// As many events as fast as they are taken, until all are folded; seconds.
double send_load(const ServedCollector& collector, const BenchOptions& options) {
  LoadOptions load_options;
  load_options.profiles = options.profiles;
  load_options.begin_ms = now_ms();
  load_options.events_per_second = kModelledEventsPerSecond;
  LoadModel load(load_options);
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t sent = 0; sent < options.events;) {
    std::vector<std::string> requests;
    for (std::size_t made = 0; made < kEventsAtOnce && sent < options.events;) {
      std::string body = R"({"batch":[)";
      for (std::size_t i = 0; i < kBatchEvents; ++i) body.append(i == 0 ? "" : ",").append(load.next().json);
      requests.push_back(collector.request("POST", "/v1/batch", collector.write_key(), body + "]}"));
      made += kBatchEvents;
      sent += kBatchEvents;
    }
    while (!requests.empty()) {
      const LoadResult result = send_all(collector.port(), requests, kConnections);
      std::vector<std::string> again;
      for (const std::size_t index : result.refused) again.push_back(std::move(requests[index]));
      if (!again.empty()) std::this_thread::sleep_for(std::chrono::seconds(1));  // Retry-After
      requests = std::move(again);
    }
  }
  collector.wait_until_folded();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void bench_reads(const ServedCollector& collector, const BenchOptions& options, const std::string& size) {
  std::mt19937_64 random{7};
  std::vector<std::string> reads;
  std::vector<std::string> questions;
  for (std::size_t i = 0; i < options.reads; ++i) {
    const std::string person = anonymous_id(random() % options.profiles);
    reads.push_back(
        collector.request("GET", "/v1/profiles/anonymousId:" + person, collector.secret_key(), ""));
    questions.push_back(collector.request("POST", "/v1/decide", collector.secret_key(),
                                          R"({"anonymousId":")" + person + R"(","slots":["hero"]})"));
  }
  // Who was never seen is answered with 404, sooner: that is no read.
  const LoadResult read = send_all(collector.port(), reads, kReaders);
  const LoadResult decided = send_all(collector.port(), questions, kReaders);
  if (read.answered == 0) throw std::runtime_error("no profile was found");
  if (decided.answered == 0) throw std::runtime_error("nothing was decided");
  print("profile read at " + size + ", p99", percentile(read.latencies_ms, 99), "ms");
  print("decide at " + size + ", p99", percentile(decided.latencies_ms, 99), "ms");
}

// People put something into their cart at such times that each waits for the order until a moment to come.
void bench_waits(const ServedCollector& collector, const BenchOptions& options, const std::string& size) {
  DecisionWatch watch(collector, "cart_rescue");
  const std::int64_t begin_ms = now_ms() + kWaitsBeginMs - kWaitMs;
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < options.waits; ++i) {
    const std::int64_t time_ms =
        begin_ms + static_cast<std::int64_t>(i) * kWaitsSpreadMs / static_cast<std::int64_t>(options.waits);
    const std::string body = R"({"type":"track","event":"Cart Updated","properties":{"cart_value":119.5},)"
                             R"("anonymousId":"waiting-)" +
                             std::to_string(i) + R"(","timestamp":")" +
                             desirepath::collector::format_timestamp(time_ms) + R"("})";
    requests.push_back(collector.request("POST", "/v1/track", collector.write_key(), body));
  }
  const LoadResult sent = send_all(collector.port(), requests, kConnections);
  if (sent.failed != 0) throw std::runtime_error("the collector refused an event");
  const std::vector<double> late_ms = watch.wait_for(options.waits, kWaitsHeard);
  print("wake-ups at " + size + ", late by, p99", percentile(late_ms, 99), "ms");
}

void bench_pressure(const ServedCollector& collector) {
  const SilentConnections half_open(collector.port(), kSilent,
                                    "POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le");
  const SilentConnections idle(collector.port(), kSilent, "");
  const std::vector<std::string> health(500, collector.request("GET", "/health", "", ""));
  const LoadResult answered = send_all(collector.ops_port(), health, 1);
  const std::vector<std::string> honest(
      500, collector.request("POST", "/v1/track", collector.write_key(),
                             R"({"type":"track","event":"Product Viewed","anonymousId":"honest"})"));
  const LoadResult taken = send_all(collector.port(), honest, 1);
  if (answered.failed + taken.failed != 0) throw std::runtime_error("an honest request was refused");
  print("4,000 silent connections, /health p99", percentile(answered.latencies_ms, 99), "ms");
  print("4,000 silent connections, an event acknowledged, p99", percentile(taken.latencies_ms, 99), "ms");
}

void allow_connections() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) try {
  const auto number = [&](const char* name, const char* fallback) {
    return static_cast<std::size_t>(std::stoul(option(argc, argv, name, fallback)));
  };
  const BenchOptions options{option(argc, argv, "--binary", "build/bin/desirepath"),
                             option(argc, argv, "--journey", "web_demo/outfitters.journey.json"),
                             number("--events", "200000"),
                             number("--profiles", "20000"),
                             number("--reads", "5000"),
                             number("--waits", "1000")};
  allow_connections();
  const TempDirectory directory;
  const ServedCollector collector(options.binary, directory.path() / "data", options.journey);
  print("collector memory, idle", collector.memory_mb(Memory::now), "MB");
  const double seconds = send_load(collector, options);
  const std::string size = std::to_string(options.profiles) + " profiles";
  print("ingest and fold together, to " + size, static_cast<double>(options.events) / seconds, "events/s");
  print("collector memory under that load, at most", collector.memory_mb(Memory::most), "MB");
  bench_reads(collector, options, size);
  bench_waits(collector, options, size);
  bench_pressure(collector);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "served_bench: %s\n", error.what());
  return 1;
}
