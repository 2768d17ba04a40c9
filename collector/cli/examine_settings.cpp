#include "collector/cli/examine_settings.hpp"

#include <string>

#include "collector/cli/journey_file.hpp"
#include "collector/cli/open_directory.hpp"
#include "collector/http/tls_certificate.hpp"
#include "collector/ingest/timestamp.hpp"

namespace desirepath::collector::cli {
namespace {

using Kind = Finding::Kind;

// An authority renews a month before the end; by then it should have happened.
constexpr std::int64_t kRenewalDueMs = 14LL * 24 * 60 * 60 * 1000;

Finding certificate_finding(const ServeConfig& config, std::int64_t now_ms) {
  const auto certificate = TlsCertificate::load(config.tls_cert, config.tls_key);
  if (!certificate) return {Kind::problem, certificate.error().message};
  const std::int64_t end_ms = (*certificate)->expires_ms();
  const std::string text = config.tls_cert.string() + " ends at " + format_timestamp(end_ms);
  if (end_ms <= now_ms) return {Kind::problem, text + ": browsers refuse it; renew it, then `kill -HUP`"};
  if (end_ms - now_ms < kRenewalDueMs) return {Kind::notice, text + ": renew it, then `kill -HUP`"};
  return {Kind::fine, text};
}

template <typename T>
Finding file_finding(const std::filesystem::path& file, const Result<T>& read) {
  return read ? Finding{Kind::fine, file.string() + " has no mistakes"}
              : Finding{Kind::problem, read.error().message};
}

}  // namespace

std::vector<Finding> examine_settings(const ServeConfig& config, std::int64_t now_ms) {
  std::vector<Finding> findings;
  if (!config.tls_cert.empty() || !config.tls_key.empty()) {
    findings.push_back(certificate_finding(config, now_ms));
  }
  for (const std::filesystem::path& journey : config.journeys) {
    findings.push_back(file_finding(journey, read_journey_file(journey.string())));
  }
  if (!config.plan.empty()) findings.push_back(file_finding(config.plan, read_plan_file(config.plan)));
  if (!config.geoip.empty()) findings.push_back(file_finding(config.geoip, GeoFile::open(config.geoip)));
  return findings;
}

}  // namespace desirepath::collector::cli
