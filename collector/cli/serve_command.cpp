#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/http/collector_server.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ops/key_ring.hpp"
#include "collector/ops/serve_config.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr const char* kUsage =
    "usage: desirepath serve --data DIR [--host 127.0.0.1] [--port 8080] [--ops-port 8081] [--journey "
    "FILE]...\n"
    "                        [--config FILE]\n\n"
    "Prints one line of JSON when it accepts connections; the first start also prints the secret and admin "
    "keys, once.\n"
    "Port 0 picks a free one. SIGTERM answers what is under way and ends; SIGHUP reads the journeys anew. "
    "Without\n"
    "--journey those that the directory was folded with last are used.\n";

// The keys of the first start; told once.
struct NewKeys {
  std::string secret;
  std::string admin;
};

// Signals are taken by this thread alone, one after the other.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void prepare_process() {
  // Many threads, small memory: few arenas, and freed memory goes back.
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
  }
}

Result<ServeConfig> read_config(const Arguments& arguments) {
  ServeConfig config;
  if (arguments.has("--config")) {
    auto read = read_serve_config(arguments.value_or("--config", ""));
    if (!read) return read;
    config = std::move(*read);
  }
  if (arguments.has("--data")) config.data = arguments.value_or("--data", "");
  if (arguments.has("--host")) config.host = arguments.value_or("--host", "");
  for (const char* option : {"--port", "--ops-port"}) {
    if (!arguments.has(option)) continue;
    const auto port = parse_port(arguments.value_or(option, ""), option);
    if (!port) return tl::make_unexpected(port.error());
    (std::string_view(option) == "--port" ? config.port : config.ops_port) = *port;
  }
  if (arguments.has("--journey")) config.journeys = arguments.values("--journey");
  if (!config.data || config.data->empty()) {
    return failure(ErrorCode::bad_configuration, "--data DIR is missing", "--data");
  }
  return config;
}

// The write key that pages use; the first start makes all keys.
Result<std::string> write_key(KeyRing& ring, NewKeys& made) {
  const auto keys = ring.list();
  if (!keys) return tl::make_unexpected(keys.error());
  for (const KeyInfo& key : *keys) {
    if (key.kind == KeyKind::write && !key.revoked) return key.shown;
  }
  if (!keys->empty())
    return std::string();  // all write keys were revoked; none is made behind the operator's back
  auto write = ring.create(KeyKind::write, "web", wall_clock_ms());
  if (!write) return write;
  auto secret = ring.create(KeyKind::secret, "server", wall_clock_ms());
  if (!secret) return secret;
  auto admin = ring.create(KeyKind::admin, "operator", wall_clock_ms());
  if (!admin) return admin;
  made = NewKeys{std::move(*secret), std::move(*admin)};
  return write;
}

void add_member(std::string& line, const char* name, const std::string& value) {
  if (value.empty()) return;
  line.append(",\"").append(name).append("\":");
  append_json_string(line, value);
}

Result<void> print_ready(const CollectorServer& server, KeyRing& ring) {
  NewKeys made;
  const auto key = write_key(ring, made);
  if (!key) return tl::make_unexpected(key.error());
  std::string line = "{\"ready\":true";
  add_member(line, "url", server.url());
  add_member(line, "ops_url", server.ops_url());
  add_member(line, "write_key", *key);
  add_member(line, "secret_key", made.secret);
  add_member(line, "admin_key", made.admin);
  std::printf("%s}\n", line.c_str());
  std::fflush(stdout);
  return {};
}

void reload(Journeys& journeys, const std::vector<std::string>& files) {
  if (files.empty()) {
    std::fputs("desirepath serve: no --journey was given, there is nothing to read anew\n", stderr);
    return;
  }
  const std::vector<std::filesystem::path> paths(files.begin(), files.end());
  const auto mistakes = journeys.load(paths);
  for (const std::string& mistake : mistakes) std::fprintf(stderr, "%s\n", mistake.c_str());
  std::fputs(mistakes.empty() ? "desirepath serve: the journeys were read anew\n"
                              : "desirepath serve: the journey has mistakes; the one before it stays\n",
             stderr);
}

int serve(const ServeConfig& config, const sigset_t& signals) {
  auto open = open_directory({"serve", *config.data, config.journeys, true});
  if (!open) return fail("serve", open.error().message);
  auto ring = KeyRing::open(open->directory.keys());
  if (!ring) return fail("serve", ring.error().message);
  const ServedParts parts{open->directory.path(), *open->journal, *open->store,
                          *open->journeys,        *open->fold,    **ring,
                          wall_clock_ms};
  ServerAddress address;
  address.host = config.host.value_or(address.host);
  address.port = config.port.value_or(address.port);
  address.ops_port = config.ops_port.value_or(address.ops_port);
  auto server = CollectorServer::start(parts, address);
  if (!server) return fail("serve", server.error().message);
  const auto control = ControlServer::start(open->directory.control(),
                                            [&](const ControlCall& call, const ControlStreams& streams) {
                                              return perform_control_call(*open, call, streams);
                                            });
  if (!control) return fail("serve", control.error().message);
  if (auto printed = print_ready(**server, **ring); !printed) return fail("serve", printed.error().message);
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) break;
    reload(*open->journeys, config.journeys);
  }
  (*server)->drain();
  return 0;
}

}  // namespace

int serve_command(Words words) {
  constexpr OptionSpec kOptions[] = {
      {"--data"},   {"--host"},       {"--port"}, {"--ops-port"}, {"--journey", true, true},
      {"--config"}, {"--help", false}};
  const auto arguments = Arguments::parse(words, kOptions);
  if (!arguments) return fail("serve", arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kUsage, stdout) < 0 ? 1 : 0;
  if (!arguments->positionals().empty()) {
    return fail("serve", "'" + arguments->positionals()[0] + "' is not an option; --help tells them");
  }
  const auto config = read_config(*arguments);
  if (!config) return fail("serve", config.error().message);
  const sigset_t signals = block_signals();  // before the first thread, which inherits it
  prepare_process();
  return serve(*config, signals);
}

}  // namespace desirepath::collector::cli
