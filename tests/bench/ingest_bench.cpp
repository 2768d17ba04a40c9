// Durable ingest over HTTP, acknowledged after fsync, the client on the same cores and the fold held; beside
// it a bare SQLite append of the same bytes, in turns. Prints JSON lines
// {"name","value","unit","baseline","ratio"}.
//
// ingest_bench [--events N] [--rounds N]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "collector/fold/fold.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/fold/replay_engines.hpp"
#include "collector/http/api.hpp"
#include "collector/http/event_stream.hpp"
#include "collector/http/http_server.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/rate_limiter.hpp"
#include "collector/http/request_metrics.hpp"
#include "collector/http/routes.hpp"
#include "collector/ingest/clock_book.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/journal/journal.hpp"
#include "collector/ops/audit_log.hpp"
#include "collector/ops/key_ring.hpp"
#include "collector/ops/operator_log.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/reading/decision_holds.hpp"
#include "collector/store/connection.hpp"
#include "collector/store/transaction.hpp"
#include "tests/bench/load_client.hpp"
#include "tests/bench/option.hpp"
#include "tests/collector/support/temp_directory.hpp"

namespace {

using namespace desirepath::collector;
using desirepath::bench::LoadResult;
using desirepath::bench::option;
using desirepath::bench::send_all;
using desirepath::collector::tests::TempDirectory;

constexpr std::size_t kConnections = 64;
constexpr std::size_t kRowsPerBareCommit = 32;
constexpr const char* kUserAgent =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
    "Safari/537.36";

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string event_json(std::size_t number) {
  char text[900];
  std::snprintf(
      text, sizeof text,
      R"({"type":"track","event":"Product Viewed","messageId":"0mwr%012zu-bench","timestamp":"2026-10-0%zuT12:%02zu:%02zu.%03zuZ",)"
      R"("anonymousId":"8a4bb0c2-5f0e-4a6e-9d53-%012zu","properties":{"product_id":"sku-%zu","name":"Trail shoe","category":"shoes",)"
      R"("price":119.5,"currency":"EUR","quantity":1,"coupon":null},"context":{"page":{"url":"https://shop.example/p/%zu","path":"/p/%zu",)"
      R"("title":"Trail shoe","referrer":"https://shop.example/list"},"locale":"de-DE","utcOffset":120}})",
      number, 1 + number % 9, number / 60 % 60, number % 60, number % 1000, number / 10 % 20'000,
      number % 500, number % 500, number % 500);
  return text;
}

// The ingest half of a collector, its fold not running.
class HeldCollector {
 public:
  explicit HeldCollector(const std::filesystem::path& directory)
      : keys_(need(KeyRing::open(directory / "keys.db"))),
        journal_(need(Journal::open(directory / "journal"))),
        profiles_(need(ProfileStore::open(directory / "profiles.db"))),
        fold_(*journal_, *profiles_, journeys_, fold_options()),
        clocks_(need(ClockBook::open(directory / "clocks.db"))),
        ingest_(*journal_, now_ms, {.clocks = clocks_.get()}),
        rates_({}),
        engines_(journeys_),
        device_engines_(journeys_, Target::device),
        audit_(directory / "audit.jsonl", now_ms),
        api_{.keys = *keys_,
             .journal = *journal_,
             .ingest = ingest_,
             .fold = fold_,
             .profiles = *profiles_,
             .journeys = journeys_,
             .engines = engines_,
             .device_engines = device_engines_,
             .holds = holds_,
             .stream = stream_,
             .rates = rates_,
             .metrics = metrics_,
             .audit = audit_,
             .log = log_,
             .now_ms = now_ms} {
    key_ = need(keys_->create(KeyKind::write, "bench", 0));
    HttpServerOptions options;
    options.threads_max = kThreadsMax;
    options.connections_max = kConnectionsMax;
    options.threads_kept = kConnectionThreadsKept;
    options.exchange.body_bytes_max = kBodyBytesMax;
    options.exchange.handler = [this](const HttpRequest& request) { return answer_request(api_, request); };
    server_ = need(HttpServer::start(std::move(options)));
  }
  int port() const { return server_->port(); }
  std::string request(const std::string& path, const std::string& body) const {
    return "POST " + path + "?k=" + key_ + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: " + kUserAgent +
           "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  }

 private:
  static FoldOptions fold_options() {
    FoldOptions options;
    options.now_ms = now_ms;
    return options;
  }
  std::unique_ptr<KeyRing> keys_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<ProfileStore> profiles_;
  Journeys journeys_;
  Fold fold_;
  std::unique_ptr<ClockBook> clocks_;
  Ingest ingest_;
  EventStream stream_;
  RateLimiter rates_;
  ReplayEngines engines_;
  ReplayEngines device_engines_;
  DecisionHolds holds_;
  RequestMetrics metrics_{route_labels()};
  AuditLog audit_;
  OperatorLog log_{stderr, {LogLevel::error}};
  Api api_;
  std::string key_;
  std::unique_ptr<HttpServer> server_;
};

// Seconds to append the bodies as rows, kRowsPerBareCommit a commit, in WAL with synchronous=FULL.
double append_bare(const std::filesystem::path& file, const std::vector<std::string>& bodies) {
  Connection connection = need(Connection::open(file));
  if (auto made = connection.execute("CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY, body BLOB)");
      !made) {
    throw std::runtime_error(made.error().message);
  }
  Statement insert = need(connection.prepare("INSERT INTO t(body) VALUES(?1)"));
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < bodies.size();) {
    Transaction transaction = need(Transaction::begin(connection));
    for (std::size_t row = 0; row < kRowsPerBareCommit && i < bodies.size(); ++row, ++i) {
      if (auto done = insert.bind(1, bodies[i]).run(); !done) throw std::runtime_error(done.error().message);
    }
    if (auto done = transaction.commit(); !done) throw std::runtime_error(done.error().message);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double percentile_99(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, values.size() * 99 / 100)];
}

void print(const char* name, double value, const char* unit, double baseline) {
  if (baseline > 0) {
    std::printf(R"({"name":"%s","value":%.1f,"unit":"%s","baseline":%.1f,"ratio":%.3f})"
                "\n",
                name, value, unit, baseline, value / baseline);
  } else {
    std::printf(R"({"name":"%s","value":%.1f,"unit":"%s","baseline":null,"ratio":null})"
                "\n",
                name, value, unit);
  }
  std::fflush(stdout);
}

struct Load {
  std::vector<std::string> bodies;
  std::vector<std::string> requests;
};

Load make_load(const HeldCollector& collector, std::size_t events, std::size_t per_request,
               std::size_t& number) {
  Load load;
  for (std::size_t made = 0; made < events; made += per_request) {
    std::string body = per_request == 1 ? event_json(number++) : R"({"batch":[)";
    for (std::size_t i = 0; per_request > 1 && i < per_request; ++i) {
      body.append(i == 0 ? "" : ",").append(event_json(number++));
    }
    if (per_request > 1) body += "]}";
    load.requests.push_back(collector.request(per_request == 1 ? "/v1/track" : "/v1/batch", body));
    load.bodies.push_back(std::move(body));
  }
  return load;
}

LoadResult send_whole(int port, const std::vector<std::string>& requests, double per_second) {
  LoadResult sent = send_all(port, requests, kConnections, per_second);
  if (sent.failed != 0) throw std::runtime_error(std::to_string(sent.failed) + " requests were refused");
  return sent;
}

void bench_ingest(const std::string& label, std::size_t events, std::size_t per_request, int rounds) {
  const TempDirectory directory;
  const HeldCollector collector(directory.path());
  std::vector<double> ours;
  std::vector<double> bare;
  std::vector<double> latencies;
  std::size_t number = 0;
  for (int round = 0; round < rounds; ++round) {
    const Load load = make_load(collector, events, per_request, number);
    const LoadResult sent = send_whole(collector.port(), load.requests, 0);
    ours.push_back(static_cast<double>(events) / sent.seconds);
    latencies.insert(latencies.end(), sent.latencies_ms.begin(), sent.latencies_ms.end());
    bare.push_back(static_cast<double>(events) / append_bare(directory.path() / "bare.db", load.bodies));
  }
  print(("ingest " + label).c_str(), median(ours), "events/s", median(bare));
  print(("ingest " + label + ", ack p99 at full load").c_str(), percentile_99(latencies), "ms", 0);
  const double half_load = median(ours) / 2 / static_cast<double>(per_request);
  const Load load = make_load(collector, events, per_request, number);
  const LoadResult sent = send_whole(collector.port(), load.requests, half_load);
  print(("ingest " + label + ", ack p99 at half load").c_str(), percentile_99(sent.latencies_ms), "ms", 0);
}

}  // namespace

int main(int argc, char** argv) try {
  const auto events = static_cast<std::size_t>(std::stoul(option(argc, argv, "--events", "200000")));
  const int rounds = std::stoi(option(argc, argv, "--rounds", "5"));
  bench_ingest("in batches of 20", events, 20, rounds);
  bench_ingest("one by one", events / 10, 1, rounds);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "ingest_bench: %s\n", error.what());
  return 1;
}
