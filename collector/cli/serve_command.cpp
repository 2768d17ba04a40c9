#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "collector/build_version.hpp"
#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/cli/progress_bar.hpp"
#include "collector/http/collector_server.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ops/audit_log.hpp"
#include "collector/ops/key_ring.hpp"
#include "collector/ops/operator_log.hpp"
#include "collector/ops/read_settings.hpp"
#include "collector/ops/setting.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr const char* kUsage =
    "usage: desirepath serve --data DIR [--journey FILE]... [--config FILE] [settings]\n\n"
    "Collects events, folds profiles, serves the SDK and the journey. Prints one line of JSON when it "
    "accepts\n"
    "connections; the first start also prints the secret and admin keys, once. SIGTERM answers what is under "
    "way\n"
    "and ends; SIGHUP reads journeys, plan, keys and the\n"
    "certificate anew.\n\n"
    "Every setting can be said as an option (--port 9000), in the environment (DESIREPATH_PORT=9000), or in "
    "the\n"
    "file that --config or DESIREPATH_CONFIG names, JSON with comments: { \"port\": 9000 }. An option is "
    "stronger\n"
    "than the environment, and that than the file. Sizes: 500KB, 64MiB. Times: 90s, 30d. Of a list, say the "
    "option\n"
    "again, put commas in the environment, and [\"a\", \"b\"] in the file. In [brackets]: what holds when "
    "nothing\n"
    "is said.\n";

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

std::vector<OptionSpec> option_specs() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Setting& setting : settings()) all.push_back(option_of(setting));
    return all;
  }();
  std::vector<OptionSpec> specs{{"--config"}, {"--help", false}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Setting& setting = settings()[i];
    specs.push_back({names[i], !is_switch(setting), is_list(setting), is_switch(setting)});
  }
  return specs;
}

std::map<std::string, std::string> read_environment() {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<ServeConfig> read_config(const Arguments& arguments) {
  SettingSources sources;
  sources.environment = read_environment();
  sources.file = arguments.value_or("--config", sources.environment["DESIREPATH_CONFIG"]);
  sources.options.insert(arguments.options().begin(), arguments.options().end());
  auto read = read_settings(sources);
  if (!read) return tl::make_unexpected(std::move(read.error()));
  for (const std::string& warning : read->warnings) {
    std::fprintf(stderr, "desirepath serve: %s\n", warning.c_str());
  }
  if (read->config.data.empty()) {
    return failure(ErrorCode::bad_configuration, "--data DIR is missing", "--data");
  }
  return std::move(read->config);
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

OpenOptions open_options(const ServeConfig& config) {
  OpenOptions options;
  options.purpose = "serve";
  options.data = config.data;
  options.journey_files = config.journeys;
  options.create = true;
  options.ingest.event_bytes_max = static_cast<std::size_t>(config.event_bytes.count);
  options.ingest.backlog_bytes_max = static_cast<std::uint64_t>(config.backlog.count);
  options.ingest.body_bytes_max = static_cast<std::size_t>(config.batch_bytes.count);
  options.ingest.address = parse_address_policy(config.ip).value_or(AddressPolicy::anonymous);
  options.ingest.drop_bots = config.bots == "drop";
  options.geo_file = config.geoip;
  options.plan_file = config.plan;
  options.rejected = {config.rejected_count, config.rejected_bytes.count, config.rejected_age};
  options.retention = config.retention;
  options.ingest.consent_required = config.consent_required;
  return options;
}

LogOptions log_options(const ServeConfig& config) {
  LogOptions options;
  options.is_text = config.log == "text";
  for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) {
    if (config.log_level == to_string(level)) options.least = level;
  }
  return options;
}

// Null where TLS is not asked for.
Result<std::unique_ptr<TlsCertificate>> load_certificate(const ServeConfig& config) {
  if (config.tls_cert.empty() && config.tls_key.empty()) return nullptr;
  return TlsCertificate::load(config.tls_cert, config.tls_key);
}

// Keys and events would cross the network in the clear; the operator may have a reason, but shall know.
void warn_of_plain_text(const ServeConfig& config, OperatorLog& log) {
  const auto address = parse_address(config.host);
  const bool is_local = config.host == "localhost" || (address && is_loopback(*address));
  if (is_local || !config.tls_cert.empty() || !config.trusted_proxies.empty()) return;
  log.write(LogLevel::warn, "plain_text",
            {{"host", config.host},
             {"message",
              "other machines reach this address, and keys and events cross the network in the clear: give "
              "--tls-cert and --tls-key, or serve behind a proxy that speaks TLS and name it with "
              "--trusted-proxy"}});
}

Result<ServerOptions> server_options(const ServeConfig& config) {
  ServerOptions options;
  options.host = config.host;
  options.port = static_cast<int>(config.port);
  options.ops_port = static_cast<int>(config.ops_port);
  options.ops_host = config.ops_host;
  options.logs_requests = config.access_log;
  options.rates = {config.rate_limit_key, config.rate_limit_address};
  for (const std::string& text : config.trusted_proxies) {
    const auto range = AddressRange::parse(text);
    if (!range) {
      return failure(ErrorCode::bad_configuration,
                     "--trusted-proxy must be a range such as 10.0.0.0/8 or one address, not '" + text + "'",
                     "--trusted-proxy");
    }
    options.trusted_proxies.push_back(*range);
  }
  return options;
}

// SIGHUP: journeys, tracking plan, keys and certificate are read anew. What cannot be read stays as it was.
class Reload {
 public:
  Reload(const OpenDirectory& open, const ServeConfig& config, KeyRing& ring, TlsCertificate* certificate,
         OperatorLog& log)
      : open_(open), config_(config), ring_(ring), certificate_(certificate), log_(log) {}

  void perform() const {
    bool is_whole = true;
    if (config_.journeys.empty()) {
      log_.write(LogLevel::info, "reload",
                 {{"message", "no --journey was given, there is nothing to read anew"}});
    } else {
      const auto mistakes = open_.journeys->load(config_.journeys);
      for (const std::string& mistake : mistakes)
        log_.write(LogLevel::error, "journey", {{"message", mistake}});
      is_whole &=
          told("read anew: journeys", "the journey has mistakes; the one before it stays", mistakes.empty());
    }
    if (!config_.plan.empty()) is_whole &= told("tracking plan", use_plan_file(*open_.ingest, config_.plan));
    is_whole &= told("keys", ring_.reload());
    if (certificate_ != nullptr) is_whole &= told("certificate", certificate_->reload());
    const auto recorded = AuditLog(open_.directory.audit(), wall_clock_ms)
                              .record({"SIGHUP", "reload", "", is_whole ? "done" : "failed"});
    if (!recorded) log_.write(LogLevel::error, "audit", {{"message", recorded.error().message}});
  }

 private:
  bool told(const char* done, const char* kept, bool is_done) const {
    log_.write(is_done ? LogLevel::info : LogLevel::error, "reload", {{"message", is_done ? done : kept}});
    return is_done;
  }
  bool told(const std::string& what, const Result<void>& read) const {
    if (read) return told(("read anew: " + what).c_str(), "", true);
    return told("", (read.error().message + "; " + what + " as before").c_str(), false);
  }

  const OpenDirectory& open_;
  const ServeConfig& config_;
  KeyRing& ring_;
  TlsCertificate* certificate_;
  OperatorLog& log_;
};

void show_work(ProgressBar& bar, const FoldCounters& fold) {
  for (const auto& [work, what] : {std::pair(fold.rebuild, "folding all anew for other identifier rules"),
                                   std::pair(fold.takeover, "profiles taken up by the journeys")}) {
    if (work.done >= work.total) continue;
    bar.show(static_cast<double>(work.done) / static_cast<double>(work.total), what);
    return;
  }
  bar.clear();
}

// The next signal; until then, long work is shown on a terminal.
int next_signal(const sigset_t& signals, const Fold& fold) {
  int signal = 0;
  if (::isatty(STDERR_FILENO) != 1) return sigwait(&signals, &signal) == 0 ? signal : 0;
  ProgressBar bar(stderr);
  const timespec pause{0, 250'000'000};
  while (signal <= 0) {
    show_work(bar, fold.counters());
    signal = sigtimedwait(&signals, nullptr, &pause);
  }
  return signal;
}

int serve(const ServeConfig& config, const sigset_t& signals) {
  auto options = server_options(config);
  if (!options) return fail("serve", options.error().message);
  const auto certificate = load_certificate(config);
  if (!certificate) return fail("serve", certificate.error().message);
  options->tls = certificate->get();
  OperatorLog log(stderr, log_options(config));
  warn_of_plain_text(config, log);
  OpenOptions opening = open_options(config);
  opening.report_fold = [&log](const Error& failed) {
    log.write_seldom(LogLevel::error, "fold", "fold", {{"message", failed.message}});
  };
  opening.report_sweep = [&log](const Forgotten& forgotten) {
    log.write(LogLevel::info, "retention",
              {{"events", std::to_string(forgotten.events)},
               {"profiles", std::to_string(forgotten.profiles)},
               {"decisions", std::to_string(forgotten.decisions)},
               {"others", std::to_string(forgotten.others)}});
  };
  auto open = open_directory(opening);
  if (!open) return fail("serve", open.error().message);
  auto ring = KeyRing::open(open->directory.keys());
  if (!ring) return fail("serve", ring.error().message);
  AuditLog audit(open->directory.audit(), wall_clock_ms);
  const ServedParts parts{.data = open->directory.path(),
                          .journal = *open->journal,
                          .ingest = *open->ingest,
                          .profiles = *open->store,
                          .journeys = *open->journeys,
                          .fold = *open->fold,
                          .keys = **ring,
                          .audit = audit,
                          .log = log,
                          .now_ms = wall_clock_ms};
  auto server = CollectorServer::start(parts, *options);
  if (!server) return fail("serve", server.error().message);
  const auto control = ControlServer::start(open->directory.control(),
                                            [&](const ControlCall& call, const ControlStreams& streams) {
                                              return perform_control_call(*open, call, streams);
                                            });
  if (!control) return fail("serve", control.error().message);
  if (auto printed = print_ready(**server, **ring); !printed) return fail("serve", printed.error().message);
  const Reload reload(*open, config, **ring, certificate->get(), log);
  log.write(LogLevel::info, "serving", {{"url", (*server)->url()}, {"version", build_version()}});
  for (;;) {
    const int signal = next_signal(signals, *open->fold);
    if (signal == SIGHUP) reload.perform();
    if (signal != 0 && signal != SIGHUP) break;
  }
  log.write(LogLevel::info, "draining", {});
  (*server)->drain();
  return 0;
}

}  // namespace

int serve_command(Words words) {
  const auto arguments = Arguments::parse(words, option_specs());
  if (!arguments) return fail("serve", arguments.error().message);
  if (arguments->has("--help")) {
    return std::fputs((kUsage + describe_settings()).c_str(), stdout) < 0 ? 1 : 0;
  }
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
