#include "collector/ops/serve_config.hpp"

#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

namespace desirepath::collector {
namespace {

constexpr int kPortMax = 65'535;

tl::unexpected<Error> mistake(const std::filesystem::path& file, const std::string& what) {
  return failure(ErrorCode::bad_configuration, file.string() + ": " + what, "--config");
}

std::string beside(const std::filesystem::path& file, const std::string& path) {
  return (file.parent_path() / path).string();  // an absolute path stays
}

Result<int> port_of(const std::filesystem::path& file, const std::string& name, const nlohmann::json& value) {
  if (!value.is_number_integer() || value < 0 || value > kPortMax) {
    return mistake(file, "\"" + name + "\" must be a port, 0 to 65535");
  }
  return value.get<int>();
}

Result<void> take_journeys(const std::filesystem::path& file, const nlohmann::json& value,
                           ServeConfig& config) {
  const nlohmann::json list = value.is_array() ? value : nlohmann::json::array({value});
  for (const nlohmann::json& path : list) {
    if (!path.is_string()) return mistake(file, "\"journey\" must be a path or a list of paths");
    config.journeys.push_back(beside(file, path.get<std::string>()));
  }
  return {};
}

Result<void> take_member(const std::filesystem::path& file, const std::string& name,
                         const nlohmann::json& value, ServeConfig& config) {
  if (name == "journey") return take_journeys(file, value, config);
  if (name == "port" || name == "ops-port") {
    const auto port = port_of(file, name, value);
    if (!port) return tl::make_unexpected(port.error());
    (name == "port" ? config.port : config.ops_port) = *port;
    return {};
  }
  if (name != "data" && name != "host") {
    return mistake(file, "\"" + name + "\" is not known; there are data, host, port, ops-port, journey");
  }
  if (!value.is_string()) return mistake(file, "\"" + name + "\" must be a text");
  if (name == "data") config.data = beside(file, value.get<std::string>());
  if (name == "host") config.host = value.get<std::string>();
  return {};
}

}  // namespace

Result<int> parse_port(const std::string& text, const std::string& option) {
  int port = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || port < 0 || port > kPortMax) {
    return failure(ErrorCode::bad_configuration, option + " must be a port, 0 to 65535", option);
  }
  return port;
}

Result<ServeConfig> read_serve_config(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return mistake(file, "cannot be read");
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto json = nlohmann::json::parse(text, nullptr, false, true);
  if (json.is_discarded()) return mistake(file, "is not JSON");
  if (!json.is_object()) return mistake(file, "must be an object");
  ServeConfig config;
  for (const auto& [name, value] : json.items()) {
    if (auto taken = take_member(file, name, value, config); !taken)
      return tl::make_unexpected(taken.error());
  }
  return config;
}

}  // namespace desirepath::collector
