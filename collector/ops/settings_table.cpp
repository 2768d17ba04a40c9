#include "collector/ingest/limits.hpp"
#include "collector/ops/setting.hpp"

namespace desirepath::collector {
namespace {

using Config = ServeConfig;

constexpr SettingRange kPorts{0, 65'535};
constexpr SettingRange kRates{0, 10'000'000};
constexpr SettingRange kEventBytes{kEventJsonBytesLeast, kEventJsonBytesMost};
constexpr SettingRange kBacklogs{kBacklogBytesLeast, kBacklogBytesMost};
constexpr SettingRange kBatchBytes{kBodyBytesLeast, kBodyBytesMost};
constexpr SettingRange kRejectedCounts{0, 1'000'000};
constexpr SettingRange kRejectedBytes{0, std::int64_t{1} << 32};
constexpr SettingRange kRejectedAges{0, std::int64_t{3'660} * 24 * 3'600'000};
constexpr SettingRange kRetentions{0, std::int64_t{36'600} * 24 * 3'600'000};

// How a row is made: serve_config.hpp.
constexpr Setting kSettings[] = {
    {"what is served", "data", &Config::data, "DIR", "the data directory; made where there is none"},
    {"what is served", "journey", &Config::journeys, "FILE",
     "a journey; may be said again. Without one: those the directory was folded with last"},

    {"addresses", "host", &Config::host, "ADDRESS", "address to listen on"},
    {"addresses", "port", &Config::port, "PORT", "public port; 0 picks a free one", kPorts},
    {"addresses", "ops-port", &Config::ops_port, "PORT", "port of /health, /ready, /metrics; 0 picks one",
     kPorts},
    {"addresses", "ops-host", &Config::ops_host, "ADDRESS", "address of the ops port; without it, --host"},
    {"addresses", "tls-cert", &Config::tls_cert, "FILE",
     "PEM certificate chain: the public port speaks TLS. SIGHUP reads it anew"},
    {"addresses", "tls-key", &Config::tls_key, "FILE", "PEM key of the certificate"},
    {"addresses", "trusted-proxy", &Config::trusted_proxies, "RANGE",
     "a proxy whose X-Forwarded-For or Forwarded counts, e.g. 10.0.0.0/8"},

    {"log", "log", &Config::log, "FORM", "lines on standard error as JSON or for people", {}, "json|text"},
    {"log", "log-level", &Config::log_level, "LEVEL", "the least that is told", {}, "debug|info|warn|error"},
    {"log", "access-log", &Config::access_log, "", "a line for each request: route, status, time"},

    {"limits", "rate-limit-key", &Config::rate_limit_key, "N", "requests a second with one key; 0: no limit",
     kRates},
    {"limits", "rate-limit-address", &Config::rate_limit_address, "N",
     "requests a second of one address that shows no key of a server; 0: no limit", kRates},

    {"limits", "backlog", &Config::backlog, "SIZE",
     "what may wait to be folded; beyond it senders are told to come back later (429)", kBacklogs},

    {"events", "event-bytes", &Config::event_bytes, "SIZE", "the largest event taken", kEventBytes},
    {"events", "batch-bytes", &Config::batch_bytes, "SIZE", "the largest body taken, as sent and unpacked",
     kBatchBytes},
    {"events", "plan", &Config::plan, "FILE", "the tracking plan that events are held against"},
    {"events",
     "ip",
     &Config::ip,
     "POLICY",
     "of people's addresses keep the network (anonymous), all (full) or nothing (none)",
     {},
     "anonymous|full|none"},
    {"events", "geoip", &Config::geoip, "FILE", "a .mmdb file that tells where an address is"},
    {"events",
     "bots",
     &Config::bots,
     "POLICY",
     "events of crawlers and other machines: store them flagged, or not",
     {},
     "flag|drop"},
    {"events", "retention", &Config::retention, "TIME",
     "how long events are kept, with all that came of them, e.g. 400d; older ones are refused. 0: for ever",
     kRetentions},
    {"events", "consent-required", &Config::consent_required, "CATEGORY",
     "events whose own consent denies this category, e.g. analytics, are refused and not kept"},
    {"events", "rejected-count", &Config::rejected_count, "N", "rejected events kept, the oldest go first",
     kRejectedCounts},
    {"events", "rejected-bytes", &Config::rejected_bytes, "SIZE", "what they may take", kRejectedBytes},
    {"events", "rejected-age", &Config::rejected_age, "TIME", "how long they are kept", kRejectedAges},
};

}  // namespace

std::span<const Setting> settings() {
  return kSettings;
}

}  // namespace desirepath::collector
