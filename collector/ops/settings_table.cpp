#include "collector/ops/setting.hpp"

namespace desirepath::collector {
namespace {

using Config = ServeConfig;

constexpr SettingRange kPorts{0, 65'535};
constexpr SettingRange kRates{0, 10'000'000};

// How a row is made: serve_config.hpp.
constexpr Setting kSettings[] = {
    {"what is served", "data", &Config::data, "DIR", "the data directory; made where there is none"},
    {"what is served", "journey", &Config::journeys, "FILE",
     "a journey; may be said again. Without one: those the directory was folded with last"},

    {"addresses", "host", &Config::host, "ADDRESS", "address to listen on"},
    {"addresses", "port", &Config::port, "PORT", "public port; 0 picks a free one", kPorts},
    {"addresses", "ops-port", &Config::ops_port, "PORT", "port of /health, /ready, /metrics; 0 picks one",
     kPorts},
    {"addresses", "trusted-proxy", &Config::trusted_proxies, "RANGE",
     "a proxy whose X-Forwarded-For or Forwarded counts, e.g. 10.0.0.0/8"},

    {"limits", "rate-limit-key", &Config::rate_limit_key, "N", "requests a second with one key; 0: no limit",
     kRates},
    {"limits", "rate-limit-address", &Config::rate_limit_address, "N",
     "requests a second of one address that shows no key of a server; 0: no limit", kRates},
};

}  // namespace

std::span<const Setting> settings() {
  return kSettings;
}

}  // namespace desirepath::collector
