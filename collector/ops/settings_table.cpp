#include "collector/ops/setting.hpp"

namespace desirepath::collector {
namespace {

using Config = ServeConfig;

constexpr SettingRange kPorts{0, 65'535};

// How a row is made: serve_config.hpp.
constexpr Setting kSettings[] = {
    {"what is served", "data", &Config::data, "DIR", "the data directory; made where there is none"},
    {"what is served", "journey", &Config::journeys, "FILE",
     "a journey; may be said again. Without one: those the directory was folded with last"},

    {"addresses", "host", &Config::host, "ADDRESS", "address to listen on"},
    {"addresses", "port", &Config::port, "PORT", "public port; 0 picks a free one", kPorts},
    {"addresses", "ops-port", &Config::ops_port, "PORT", "port of /health, /ready, /metrics; 0 picks one",
     kPorts},
};

}  // namespace

std::span<const Setting> settings() {
  return kSettings;
}

}  // namespace desirepath::collector
